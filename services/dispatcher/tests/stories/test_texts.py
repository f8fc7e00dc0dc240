"""Text messages: they go out, the network says what became of them, and readers text back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import jwt
import pytest
import pytest_asyncio
from dispatcher.channels.port import RetryLater
from dispatcher.replies.receiving import ReplyDesk
from tocsin_contracts import events as e
from tocsin_contracts.directory import Fallback, NotifyRule
from tocsin_contracts.words import Channel, Severity, Verb

from services.dispatcher.tests.facts import acme, address, opened, step_fired, updated
from services.dispatcher.tests.minor import (
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    later,
    minor,
    opens,
)
from services.dispatcher.tests.texting import Texts, texts
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

JO, ANN, STRANGER = "+4915112345678", "+4915112345699", "+4917612345678"
BY_SMS_THEN_MAIL = NotifyRule(
    roles=("it_lead",), channels=(Channel.SMS,), fallback=Fallback(channel=Channel.EMAIL)
)


@pytest_asyncio.fixture
async def phone(world: World) -> AsyncIterator[Texts]:
    async with texts(world) as running:
        yield running


async def jo_is_told(phone: Texts, number: str = JO, severity: Severity = Severity.SEV2) -> None:
    """An outage of which ACME's IT lead hears by SMS, and by mail if that fails."""
    with_phone = address("jo", email="jo@acme.example", phone=number)
    await knows(phone.world, gold_with(BY_SMS_THEN_MAIL), people=[with_phone])
    await opens(phone.world, severity=severity)


async def _away(*_: object) -> None:
    raise OSError("the database is away")


async def suppressed(phone: Texts) -> list[tuple[str, bool]]:
    changes = await phone.world.published(e.SuppressionChanged)
    return [(one.cause, one.lifted_at is not None) for one in changes]


async def test_a_text_goes_to_the_number_in_one_part_and_stays_accepted(phone: Texts) -> None:
    await jo_is_told(phone, number="+49 151 1234 5678")

    [text] = phone.all()
    assert (text["to"], text["segments"]) == ([JO], 1)
    assert text["text"].startswith("Nordlicht IT: ")
    assert text["validity_period"] == 1800
    assert await phone.state() == "accepted"


async def test_delivered_is_what_the_carrier_says(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.reports("sent")
    assert await phone.state() == "accepted"
    await phone.reports("delivered")

    assert await phone.state() == "delivered"


async def test_statuses_out_of_order_and_twice_end_as_delivered(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.reports("delivered", "sent", "delivered", "undelivered 30008")

    assert await phone.state() == "delivered"
    assert phone.world.mails == []


async def test_a_number_that_is_no_more_is_left_alone_and_mail_goes_at_once(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.reports("undelivered 30005")
    await phone.world.deliver()

    assert await phone.state() == "failed"
    assert "30005" in (await phone.row())["reason"]
    assert await suppressed(phone) == [("unfit", False)]
    assert [sent.address for sent in phone.world.mails] == ["jo@acme.example"]


async def test_a_telephone_that_is_off_is_tried_once_more_and_then_mail_goes(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.reports("undelivered 30003", "undelivered 30003")
    assert await phone.state() == "pending"
    await later(phone.world, minutes=5)
    assert len(phone.all()) == 2
    await phone.reports("undelivered 30003")
    await phone.world.deliver()

    assert await phone.state() == "failed"
    assert len(phone.all()) == 2
    assert [sent.address for sent in phone.world.mails] == ["jo@acme.example"]


@pytest.mark.parametrize("signature", ["", "AAAA", "ÄÖ"])
async def test_a_forged_status_changes_nothing(phone: Texts, signature: str) -> None:
    await jo_is_told(phone)
    row = await phone.row()
    fields = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "30005"}

    answered = await phone.posts(f"status?delivery={row['id']}", fields, signature)

    assert answered == 403
    assert await phone.state() == "accepted"
    assert await suppressed(phone) == []


async def test_a_signature_for_one_delivery_is_none_for_another(phone: Texts) -> None:
    await jo_is_told(phone)
    row = await phone.row()
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    genuine = phone.sandbox.twilio.signature(
        f"{phone.url}/callbacks/twilio/status?delivery=another", fields
    )

    assert await phone.posts(f"status?delivery={row['id']}", fields, genuine) == 403
    assert await phone.state() == "accepted"


async def test_a_body_without_end_is_not_read_to_its_end(phone: Texts) -> None:
    assert await phone.posts("message", {"Body": "x" * 70_000}) == 413


async def test_what_speaks_of_no_delivery_of_ours_is_taken_and_changes_nothing(
    phone: Texts,
) -> None:
    await jo_is_told(phone)

    assert await phone.posts("status?delivery=nobody-s", {"MessageStatus": "delivered"}) == 204
    assert await phone.posts("status", {"MessageStatus": "delivered"}) == 204
    assert await phone.state() == "accepted"


async def test_1_confirms_and_what_is_answered_holds_nothing(phone: Texts) -> None:
    await jo_is_told(phone)

    answered = await phone.writes(JO, " 1 ")

    assert "<Message" not in answered["answer"]
    [confirmed] = await phone.world.published(e.ReplyConfirmed)
    assert (confirmed.person, confirmed.source) == ("jo", "sms")
    assert await phone.state() == "delivered"


async def test_anything_else_enters_the_conversation_once(phone: Texts) -> None:
    await jo_is_told(phone)
    fields = {"MessageSid": "SM77", "From": JO, "Body": "Is archived mail safe?", "NumMedia": "0"}

    await phone.posts("message", fields)
    await phone.posts("message", fields)

    [reply] = await phone.world.published(e.ReplyReceived)
    assert (reply.text, reply.person, reply.client_key) == ("Is archived mail safe?", "jo", "acme")


async def test_a_stranger_is_heard_and_told_nothing(phone: Texts) -> None:
    await jo_is_told(phone)

    answered = await phone.writes(STRANGER, "Who is this?")

    [reply] = await phone.world.published(e.ReplyReceived)
    assert (reply.person, reply.incident_id) == (None, None)
    assert "<Message" not in answered["answer"]
    assert len(phone.all()) == 1


async def ann_is_called(phone: Texts) -> str:
    """Nobody has it for a quarter of an hour: the account manager is asked by SMS; the text."""
    await phone.world.knows_acme()
    ann = address("ann", None, email="ann@nordlicht.example", phone=ANN)
    await phone.world.knows(people=[ann])
    await phone.world.hears(opened(phone.world.snapshot()))
    await phone.world.deliver()
    phone.world.clock.advance(minutes=15)
    now = phone.world.clock.now()
    step = step_fired(phone.world.snapshot(), now, channels=(Channel.SMS,))
    await phone.world.hears_escalation(step)
    [text] = await phone.arrive()
    return str(text["text"])


async def test_a_colleague_takes_with_1(phone: Texts) -> None:
    text = await ann_is_called(phone)

    answer = await phone.writes(ANN, "1")

    assert "Reply 1 to take" in text
    assert "Tocsin: You have it. The others are told." in str(answer)
    [answer] = await phone.world.published(e.ReplyStepAnswered)
    assert (answer.person, answer.verb) == ("ann", Verb.TAKE)


async def test_after_stop_no_text_goes_until_start(phone: Texts) -> None:
    await jo_is_told(phone)
    await phone.writes(JO, "Stop!")

    await phone.world.hears(updated(minor(phone.world, severity=Severity.SEV2)))
    await phone.world.deliver()
    assert len(phone.all()) == 1
    assert [sent.address for sent in phone.world.mails] == ["jo@acme.example"]

    await phone.writes(JO, "START")
    await phone.world.hears(updated(minor(phone.world, severity=Severity.SEV2)))
    await phone.world.deliver()

    assert len(phone.all()) == 2
    assert await suppressed(phone) == [("stop", False), ("stop", True)]
    assert await phone.world.published(e.ReplyReceived) == []


async def test_a_stop_that_is_played_again_after_start_stops_nobody(phone: Texts) -> None:
    await jo_is_told(phone)
    stop = {"MessageSid": "SM1", "From": JO, "Body": "STOP"}
    await phone.posts("message", stop)
    await phone.writes(JO, "START")

    assert await phone.posts("message", stop) == 200

    assert await suppressed(phone) == [("stop", False), ("stop", True)]


async def test_yes_is_an_answer_of_whoever_did_not_stop(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.writes(JO, "yes")

    assert await suppressed(phone) == []
    assert len(await phone.world.published(e.ReplyReceived)) == 1


async def test_an_answer_that_could_not_be_saved_is_heard_when_twilio_repeats_it(
    phone: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await jo_is_told(phone)
    yes = {"MessageSid": "SM1", "From": JO, "Body": "yes"}
    with monkeypatch.context() as away:
        away.setattr(ReplyDesk, "receive", _away)
        assert await phone.posts("message", yes) == 500

    assert await phone.posts("message", yes) == 200

    assert len(await phone.world.published(e.ReplyReceived)) == 1


async def test_stop_in_another_language_is_twilio_s_reading_too(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.posts(
        "message",
        {"MessageSid": "SM1", "From": JO, "Body": "Ne plus écrire", "OptOutType": "STOP"},
    )

    assert await suppressed(phone) == [("stop", False)]


async def test_help_says_who_writes_and_how_to_end_it(phone: Texts) -> None:
    await jo_is_told(phone)

    await phone.writes(JO, "help")

    told = phone.all()[-1]
    assert told["text"] == (
        "Nordlicht IT: messages about outages of your IT. Reply STOP to end, START to begin again."
        " +49 30 23125100"
    )
    assert told["segments"] == 1


async def test_help_is_answered_in_the_client_s_language_where_the_reader_has_none(
    phone: Texts,
) -> None:
    await jo_is_told(phone)
    await phone.world.knows(acme(locale="de"))

    await phone.writes(JO, "Hilfe")

    assert phone.all()[-1]["text"].startswith("Nordlicht IT: Nachrichten zu Ausfällen Ihrer IT.")


# ── short links ─────────────────────────────────────────────────────────────────────────────────


async def test_a_link_in_a_text_is_short_and_leads_to_the_reader_s_own(phone: Texts) -> None:
    text = await ann_is_called(phone)
    link = text.split()[-1]

    status, behind = await phone.opens(link)

    assert re.fullmatch(re.escape(phone.url) + r"/l/[\w-]{11}[A-Za-z0-9]", link)
    assert status == 303
    assert behind.startswith("https://tocsin.example/take/")
    claims = jwt.decode(behind.rpartition("/")[2], options={"verify_signature": False})
    assert (claims["person"], claims["jti"]) == ("ann", (await phone.row())["id"])
    now = phone.world.clock.now()
    assert claims["exp"] == int((now + timedelta(hours=24)).timestamp())


async def test_opened_later_it_is_good_no_longer_than_the_text_says(phone: Texts) -> None:
    link = (await ann_is_called(phone)).split()[-1]
    sent_at = phone.world.clock.now()

    phone.world.clock.advance(hours=23)
    _, behind = await phone.opens(link)
    claims = jwt.decode(behind.rpartition("/")[2], options={"verify_signature": False})
    phone.world.clock.advance(hours=2)

    assert claims["exp"] == int((sent_at + timedelta(hours=24)).timestamp())
    assert (await phone.opens(link))[0] == 404


async def test_a_code_is_nowhere_in_the_database(phone: Texts) -> None:
    code = (await ann_is_called(phone)).split()[-1].rpartition("/")[2]

    async with phone.world.database.connection() as conn:
        [row] = await conn.fetch("SELECT digest, link::text AS link FROM short_links")

    assert row["digest"] == hashlib.sha256(code.encode()).hexdigest()
    assert code not in row["link"]


@pytest.mark.parametrize("code", ["", "k7Qw92TaX4mC", "k7Qw92", "x" * 5_000, "..%2f..%2fx"])
async def test_a_guess_leads_nowhere(phone: Texts, code: str) -> None:
    await ann_is_called(phone)

    assert (await phone.opens(f"{phone.url}/l/{code}"))[0] == 404


async def test_a_text_repeated_after_a_lost_answer_carries_the_same_link(phone: Texts) -> None:
    phone.sandbox.fault("sms", "drop", count=1)
    await ann_is_called(phone)

    await later(phone.world, minutes=5)

    first, second = phone.all()
    assert first["text"] == second["text"]
    assert first["status_callback"] == second["status_callback"]


# ── not without end ─────────────────────────────────────────────────────────────────────────────


async def of_moderate(phone: Texts, texts: int) -> None:
    """A moderate outage with so many messages to Jo, an hour apart."""
    await jo_is_told(phone, severity=Severity.SEV3)
    for _ in range(texts - 1):
        await later(phone.world, hours=1)
        await phone.world.hears(updated(minor(phone.world)))
        await phone.world.deliver()


async def test_above_the_daily_cap_the_next_word_goes_by_mail(world: World) -> None:
    async with texts(world, sms_daily_cap=3) as phone:
        await of_moderate(phone, 4)

        assert len(phone.all()) == 3
        row = await phone.row()
        assert (row["state"], "daily cap" in row["reason"]) == ("skipped", True)
        assert [sent.address for sent in world.mails] == ["jo@acme.example"]

        await later(world, hours=24)
        await world.hears(updated(minor(world)))
        await world.deliver()
        assert len(phone.all()) == 4


async def test_a_major_outage_passes_the_daily_cap(world: World) -> None:
    async with texts(world, sms_daily_cap=1) as phone:
        await of_moderate(phone, 1)

        await opens(world, 2042, severity=Severity.SEV2)

        assert len(phone.all()) == 2


async def test_a_landline_is_told_by_mail_and_the_reason_offers_a_call(phone: Texts) -> None:
    await jo_is_told(phone, number="+49 30 23125207")

    assert phone.all() == []
    assert "channel voice" in (await phone.row())["reason"]
    assert [sent.address for sent in phone.world.mails] == ["jo@acme.example"]


async def test_a_premium_number_is_never_written_to_again(phone: Texts) -> None:
    await jo_is_told(phone, number="+49 900 1234567")

    assert phone.all() == []
    assert await suppressed(phone) == [("unfit", False)]


async def test_a_country_that_is_switched_off_is_told_by_mail(world: World) -> None:
    async with texts(world, sms_countries="CH,AT") as phone:
        await jo_is_told(phone)

        assert phone.all() == []
        assert "SMS_COUNTRIES" in (await phone.row())["reason"]
        assert [sent.address for sent in world.mails] == ["jo@acme.example"]


# ── when mail is what failed ────────────────────────────────────────────────────────────────────


async def test_the_provider_s_own_mail_is_what_failed_and_staff_are_reached_by_sms_first(
    phone: Texts,
) -> None:
    """No mail leaves; what is asked of Ann by SMS is there at once, and her answer too."""
    world = phone.world
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater(
        "connection refused", provider_down=True
    )
    await world.knows_acme()
    ann = address("ann", None, email="ann@nordlicht.example", phone=ANN)
    await world.knows(people=[ann])
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    now = world.clock.now()
    step = step_fired(world.snapshot(), now, channels=(Channel.EMAIL, Channel.SMS))
    await world.hears_escalation(step)

    [text] = await phone.arrive()
    await phone.writes(ANN, "1")

    by_mail = [row for row in await world.rows(channel="email") if row["person"] == "ann"]
    assert {row["state"] for row in by_mail} == {"pending"}
    assert text["to"] == [ANN]
    [taken] = await world.published(e.ReplyStepAnswered)
    assert (taken.person, taken.verb) == ("ann", Verb.TAKE)


async def test_mail_that_does_not_leave_gives_way_to_the_text_that_stands_in_for_it(
    phone: Texts,
) -> None:
    world = phone.world
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater(
        "connection refused", provider_down=True
    )
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
    with_phone = address("jo", email="jo@acme.example", phone=JO)
    await knows(world, gold_with(rule), people=[with_phone])
    await opens(world, severity=Severity.SEV1)
    assert phone.all() == []

    await later(world, minutes=5)

    assert [text["to"] for text in phone.all()] == [[JO]]


async def test_twilio_away_leaves_the_text_for_later_and_says_so(phone: Texts) -> None:
    phone.sandbox.fault("sms", "rate_limit", count=1)
    await jo_is_told(phone)
    assert (await phone.row())["state"] == "pending"

    await later(phone.world, minutes=5)

    assert len(phone.all()) == 1


async def test_stop_that_twilio_knew_before_us_is_noted_when_it_refuses(phone: Texts) -> None:
    """Who wrote STOP while nobody took our call-backs."""
    phone.sandbox.texts.stopped.add((JO, phone.sandbox.settings.twilio_number))

    await jo_is_told(phone)

    assert (await phone.row())["state"] == "failed"
    assert await suppressed(phone) == [("stop", False)]
    assert [sent.address for sent in phone.world.mails] == ["jo@acme.example"]


async def test_a_call_back_with_nul_in_it_is_taken(phone: Texts) -> None:
    await jo_is_told(phone)
    stop = {"MessageSid": "SM\x00stop", "From": f"\x00{JO}", "Body": "STOP\x00"}
    question = {"MessageSid": "SM\x00words", "From": JO, "Body": "Is it\x00 safe?"}
    lost = {"MessageSid": "SM\x00lost", "MessageStatus": "undelivered", "ErrorCode": "30003"}

    statuses = [
        await phone.posts("message", stop),
        await phone.posts("message", question),
        await phone.posts("status?delivery=%00", lost),
    ]

    assert statuses == [200, 200, 204]
    assert await suppressed(phone) == [("stop", False)]
    [reply] = await phone.world.published(e.ReplyReceived)
    assert (reply.person, reply.text) == ("jo", "Is it safe?")
