"""The sandbox as Twilio's Messages API, spoken to with Twilio's own library and transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from devstack.sandbox.answer import CannotAnswer
from devstack.sandbox.server import Sandbox, Settings
from devstack.sandbox.sms_segments import size_of

DEFAULTS = Settings()
OURS = DEFAULTS.twilio_number
JO = "+4915112345678"


class Called:
    """Whoever the account calls back: keeps what came, and answers ``answer``."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.genuine: list[bool] = []
        self.answer = "<Response/>"
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        validator = RequestValidator(DEFAULTS.twilio_auth_token)
        self.genuine.append(validator.validate(str(request.url), fields, signature))
        self.calls.append({"path": request.path_qs, **fields})
        return web.Response(text=self.answer, content_type="text/xml")


@pytest_asyncio.fixture
async def called() -> AsyncIterator[Called]:
    made = Called()
    app = web.Application()
    app.router.add_post("/{rest:.*}", made.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest_asyncio.fixture
async def network(called: Called) -> AsyncIterator[Sandbox]:
    async with Sandbox(Settings(dispatcher_url=called.url)) as running:
        yield running


async def create(network: Sandbox, *, token: str = DEFAULTS.twilio_auth_token, **more: Any) -> Any:
    client = Client(DEFAULTS.twilio_account_sid, token)
    client.api.base_url = network.twilio_url
    wanted = {"to": JO, "from_": OURS, "body": "Mail EU down", **more}
    return await asyncio.to_thread(lambda: client.messages.create(**wanted))


async def refusal(network: Sandbox, **more: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as raised:
        await create(network, **more)
    return raised.value


async def test_a_message_is_taken_and_counted(network: Sandbox) -> None:
    made = await create(network, body="x" * 161, validity_period=3600)

    assert (made.status, made.num_segments, made.direction) == ("queued", "2", "outbound-api")
    [kept] = network.messages(channel="sms", to=JO)
    assert (kept["sid"], kept["segments"], kept["encoding"]) == (made.sid, 2, "GSM-7")


async def test_a_messaging_service_accepts_and_has_not_counted_yet(network: Sandbox) -> None:
    made = await create(network, from_=None, messaging_service_sid="MG1")

    assert (made.status, made.num_segments) == ("accepted", "0")


async def test_a_wrong_token_is_refused(network: Sandbox) -> None:
    error = await refusal(network, token="wrong")

    assert (error.status, error.code) == (401, 20003)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"to": "0151 23"}, 21211),
        ({"from_": None}, 21603),
        ({"body": ""}, 21602),
        ({"body": "x" * 1_601}, 21617),
        ({"validity_period": 36_001}, 90007),
    ],
)
async def test_errors_are_twilio_s(network: Sandbox, wanted: dict[str, Any], code: int) -> None:
    error = await refusal(network, **wanted)

    assert (error.status, error.code) == (400, code)
    assert network.messages() == []


async def test_statuses_come_signed_and_in_any_order(network: Sandbox, called: Called) -> None:
    made = await create(network, status_callback=f"{called.url}/status?delivery=d-1")

    await network.texts.report(made.sid, "delivered")
    await network.texts.report(made.sid, "undelivered", "30003")

    assert called.genuine == [True, True]
    assert [call["MessageStatus"] for call in called.calls] == ["delivered", "undelivered"]
    assert called.calls[1]["ErrorCode"] == "30003"
    assert called.calls[0]["path"] == "/status?delivery=d-1"


async def test_the_network_can_report_by_itself(called: Called) -> None:
    async with Sandbox(Settings(twilio_statuses=("sent", "delivered"))) as network:
        await create(network, status_callback=f"{called.url}/status")
        for _ in range(200):
            if len(called.calls) == 2:
                break
            await asyncio.sleep(0.01)

    assert [call["MessageStatus"] for call in called.calls] == ["sent", "delivered"]


async def test_what_a_person_writes_back_reaches_us_and_is_answered(
    network: Sandbox, called: Called
) -> None:
    called.answer = "<Response><Message>Write &amp; wait</Message></Response>"
    await create(network)
    [asked] = network.messages()

    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{network.url}/answer", json={"message_id": asked["id"], "reply": "1"}
        ) as answer,
    ):
        assert answer.status == 200

    assert called.genuine == [True]
    assert called.calls[0] | {"From": JO, "To": OURS, "Body": "1"} == called.calls[0]
    assert network.messages()[1]["text"] == "Write & wait"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"from": JO, "text": "Is mail down?"}, 200), ({"from": JO}, 422), ({}, 422)],
)
async def test_who_never_got_a_text_can_write_one(
    network: Sandbox, called: Called, body: dict[str, str], status: int
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{network.url}/twilio/text", json=body) as answer,
    ):
        assert answer.status == status

    assert [call["Body"] for call in called.calls] == ["Is mail down?"] * (status == 200)


async def test_after_stop_nothing_is_taken_until_start(network: Sandbox) -> None:
    await network.texts.receive(JO, "Stop ")
    error = await refusal(network)
    await network.texts.receive(JO, "START")

    assert error.code == 21610
    assert (await create(network)).sid


async def test_nothing_is_called_back_away_from_this_machine(network: Sandbox) -> None:
    made = await create(network, status_callback="https://tocsin.example/status")

    with pytest.raises(CannotAnswer):
        await network.texts.report(made.sid, "delivered")


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("x" * 160, "GSM-7", 1),
        ("x" * 161, "GSM-7", 2),
        ("x" * 306, "GSM-7", 2),
        ("€" * 80, "GSM-7", 1),
        # An escape is not torn: 152 and a euro sign do not share the 153 of a part.
        ("x" * 152 + "€" + "x" * 152, "GSM-7", 3),
        ("é" * 160, "GSM-7", 1),
        ("á" * 70, "UCS-2", 1),
        ("á" * 71, "UCS-2", 2),
        ("😀" * 35, "UCS-2", 1),
        # 66 of 67 are full: the next takes two, and goes whole into the next part.
        ("😀" * 67, "UCS-2", 3),
    ],
)
def test_parts_are_counted_as_the_networks_do(text: str, encoding: str, segments: int) -> None:
    size = size_of(text)

    assert (size.encoding, size.segments) == (encoding, segments)
