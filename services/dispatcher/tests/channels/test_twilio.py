"""What Twilio's errors mean, and where its library sends what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from dispatcher.callbacks.sms_outcomes import Again, Arrived, Lost, outcome_of_status
from dispatcher.callbacks.sms_words import Wish, help_text, wish_of
from dispatcher.channels.port import Channel, Destination, Rejected, RetryLater, Unknown
from dispatcher.channels.registry import build_channels
from dispatcher.channels.twilio_codes import MEANINGS, Fault
from dispatcher.channels.twilio_outcomes import outcome_of_twilio
from dispatcher.rendering.gsm7 import parts
from tocsin_contracts import words
from tocsin_contracts.words import SuppressionCause
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for

STOP, UNFIT = SuppressionCause.STOP, SuppressionCause.UNFIT


def error(status: int, code: int | None = None) -> TwilioRestException:
    return TwilioRestException(status, "/Messages.json", "To +4915112345678", code or status)


@pytest.mark.parametrize(
    ("status", "code", "suppress"),
    [
        (400, 21610, STOP),
        (400, 21614, UNFIT),
        (400, 30006, UNFIT),
        (400, 30005, UNFIT),
        (400, 21211, None),
        (400, 21408, None),
        (400, 99999, None),
    ],
)
def test_what_is_refused_for_good(
    status: int, code: int, suppress: SuppressionCause | None
) -> None:
    outcome = outcome_of_twilio(error(status, code))

    assert isinstance(outcome, Rejected)
    assert outcome.suppress is suppress


@pytest.mark.parametrize(
    ("status", "code", "down"),
    [
        (429, 20429, False),
        (429, None, False),
        (400, 21611, False),
        (401, 20003, True),
        (403, 20006, True),
        (404, 20404, True),
        (400, 21606, True),
        (400, 21609, True),
        (307, None, False),
    ],
)
def test_what_goes_later(status: int, code: int | None, down: bool) -> None:
    """``down``: nothing else of ours would go either, so a second provider is tried."""
    outcome = outcome_of_twilio(error(status, code))

    assert isinstance(outcome, RetryLater)
    assert outcome.provider_down is down


@pytest.mark.parametrize("status", [500, 502, 504, 200])
def test_what_may_have_been_done(status: int) -> None:
    """There is no idempotency: a 5xx may come after the message went."""
    assert isinstance(outcome_of_twilio(error(status)), Unknown)


@pytest.mark.parametrize("code", [20503, None])
def test_not_available_is_the_providers_trouble(code: int | None) -> None:
    outcome = outcome_of_twilio(error(503, code))

    assert isinstance(outcome, RetryLater)
    assert outcome.provider_down


def test_errors_in_the_shape_of_rfc_9457_are_read_too() -> None:
    newer = TwilioServiceException("https://…", "Unsubscribed", 400, 21610)

    assert outcome_of_twilio(newer) == outcome_of_twilio(error(400, 21610))


def test_an_exception_of_the_library_that_says_nothing_is_unknown() -> None:
    assert isinstance(outcome_of_twilio(TwilioException("?")), Unknown)


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_no_reason_holds_a_number_of_anybody_s(code: int) -> None:
    assert "+4915112345678" not in repr(outcome_of_twilio(error(400, code)))


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "accepted", "", "what"])
def test_a_status_on_the_way_tells_nothing(status: str) -> None:
    assert outcome_of_status(status, None, 1) is None


@pytest.mark.parametrize(
    "code", [code for code, said in MEANINGS.items() if said.fault is Fault.MOMENT]
)
def test_what_may_work_later_is_tried_once_more(code: int) -> None:
    assert isinstance(outcome_of_status("undelivered", code, 1), Again)
    assert isinstance(outcome_of_status("undelivered", code, 2), Lost)


def test_a_status_says_what_became_of_it() -> None:
    assert outcome_of_status("delivered", None, 1) == Arrived()
    assert outcome_of_status("failed", None, 1) == Lost(
        "Twilio could not deliver it (no error given)"
    )
    stopped = outcome_of_status("failed", 21610, 1)
    assert isinstance(stopped, Lost)
    assert stopped.suppress is STOP


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.STOP),
        (" Stop. ", Wish.STOP),
        ("Arrêt", Wish.STOP),
        ("stopp!", Wish.STOP),
        ("Start", Wish.START),
        ("YES", Wish.START),
        ("Hilfe?", Wish.HELP),
        ("Please stop the failover", None),
        ("1", None),
        ("", None),
        ("🛑", None),
    ],
)
def test_a_wish_is_the_whole_text(text: str, wish: Wish | None) -> None:
    assert wish_of(text) is wish


def test_twilio_s_own_reading_of_a_wish_counts_first() -> None:
    assert wish_of("Ne plus écrire", "STOP") is Wish.STOP
    assert wish_of("Hello", "") is None


@pytest.mark.parametrize("locale", ["en", "de", "fr-CH", "es", "pt"])
def test_help_fits_in_one_part(locale: str) -> None:
    assert parts(help_text(locale, "Nordlicht IT-Systemhaus", "+49 30 23125 100")) == 1


@pytest_asyncio.fixture
async def sms(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Channel]:
    """With variables that the library would listen to, were it asked."""
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    made = build_channels(settings_for(sandbox), egress="loopback", environment="development")
    channel = made[words.Channel.SMS]
    yield channel
    await channel.close()


async def test_everything_goes_where_the_settings_say(sms: Channel, sandbox: Sandbox) -> None:
    to = Destination(words.Channel.SMS, "+49 151 12345678")

    await sms.send(message("d-1"), to, idempotency_key="d 1&x=2")

    [text] = sandbox.messages()
    assert text["to"] == ["+4915112345678"]
    assert text["status_callback"] == (
        "http://localhost/callbacks/twilio/status?delivery=d+1%26x%3D2"
    )


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("twilio_account_sid", "TWILIO_ACCOUNT_SID"),
        ("twilio_auth_token", "TWILIO_AUTH_TOKEN"),
        ("sms_from", "SMS_FROM"),
    ],
)
async def test_what_is_not_set_is_named(sandbox: Sandbox, missing: str, said: str) -> None:
    nothing: dict[str, Any] = {missing: None}
    settings = settings_for(sandbox, **nothing)
    sms = build_channels(settings, egress="loopback", environment="development")[words.Channel.SMS]

    outcome = await sms.send(
        message(), Destination(words.Channel.SMS, "+4915112345678"), idempotency_key="d-1"
    )

    assert isinstance(outcome, Rejected)
    assert said in outcome.reason


async def test_a_messaging_service_chooses_the_sender(sandbox: Sandbox) -> None:
    settings = settings_for(sandbox, sms_messaging_service_sid="MG123")
    sms = build_channels(settings, egress="loopback", environment="development")[words.Channel.SMS]

    await sms.send(message(), Destination(words.Channel.SMS, "+4915112345678"), idempotency_key="d")
    await sms.close()

    [text] = sandbox.messages()
    assert text["messaging_service_sid"] == "MG123"
