"""The sandbox telephones as Twilio does: its own client passes, its own validator agrees."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Gather, VoiceResponse

from devstack.sandbox.answer import CannotAnswer
from devstack.sandbox.answer_api import Asked
from devstack.sandbox.server import Sandbox
from devstack.sandbox.voice_phone import Habit

JO, DESK = "+493023125207", "+493023125100"
Fields = dict[str, str]


class Aimed(AsyncTwilioHttpClient):  # type: ignore[misc]  # the library is not typed
    """The library's client, with the sandbox where api.twilio.com would be."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(pool_connections=False)
        self._url = sandbox.twilio_url

    async def request(self, method: str, url: str, **more: Any) -> Response:
        moved = url.replace("https://api.twilio.com", self._url)
        return await super().request(method, moved, **more)


class Company:
    """Answers what Twilio asks with ``script`` of the path and the fields."""

    def __init__(self, token: str, script: Callable[[str, Fields], str]) -> None:
        self.asked: list[tuple[str, Fields]] = []
        self._validator = RequestValidator(token)
        self._script = script

    async def take(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        assert self._validator.validate(str(request.url), fields, signature)
        self.asked.append((request.path, fields))
        return web.Response(text=self._script(request.path, fields), content_type="text/xml")

    def statuses(self) -> list[str]:
        return [fields["CallStatus"] for path, fields in self.asked if path == "/status"]


def keypad(path: str, fields: Fields) -> str:
    response = VoiceResponse()
    if path == "/answer":
        gather = Gather(num_digits=1, action=f"{fields['Base']}/key", action_on_empty_result=True)
        gather.say("Press a key.", language="en-GB")
        response.append(gather)
    elif fields["Digits"] == "3":
        response.say("One moment.", language="en-GB")
        response.dial(action=f"{fields['Base']}/dialled").number(DESK)
    else:
        response.say(f"You pressed {fields['Digits'] or 'nothing'}.", language="en-GB")
        response.hangup()
    return str(response)


@contextlib.asynccontextmanager
async def company(
    sandbox: Sandbox, script: Callable[[str, Fields], str] = keypad
) -> AsyncIterator[tuple[Company, str]]:
    base = ""
    made = Company(
        sandbox.settings.twilio_auth_token,
        lambda path, fields: script(path, {"Digits": "", **fields, "Base": base}),
    )
    app = web.Application()
    app.router.add_post("/{any:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made, base
    await runner.cleanup()


def client(sandbox: Sandbox, token: str | None = None) -> Client:
    settings = sandbox.settings
    return Client(
        settings.twilio_account_sid,
        token or settings.twilio_auth_token,
        http_client=Aimed(sandbox),
    )


async def call(sandbox: Sandbox, base: str, **more: Any) -> Any:
    values: dict[str, Any] = {
        "to": JO,
        "from_": sandbox.settings.twilio_number,
        "url": f"{base}/answer",
        "status_callback": f"{base}/status",
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
        "machine_detection": "DetectMessageEnd",
    }
    return await client(sandbox).calls.create_async(**{**values, **more})


def transcript(sandbox: Sandbox) -> list[str]:
    [item] = sandbox.messages(channel="voice")
    return [line["said"] for line in item["body"]["transcript"]]


async def test_a_call_is_placed_answered_and_over(sandbox: Sandbox) -> None:
    sandbox.calls.phones.put(Habit(press="5"))
    async with company(sandbox) as (asked, base):
        placed = await call(sandbox, base)
        await sandbox.calls.idle()

    assert placed.status == "queued"
    assert asked.statuses() == ["initiated", "ringing", "in-progress", "completed"]
    assert transcript(sandbox) == ["Press a key.", "(presses 5)", "You pressed 5."]
    fetched = await client(sandbox).calls(placed.sid).fetch_async()
    assert (fetched.status, fetched.answered_by) == ("completed", "human")


async def test_nothing_pressed_is_told_as_an_empty_digit(sandbox: Sandbox) -> None:
    sandbox.calls.phones.put(Habit(press=""))
    async with company(sandbox) as (_, base):
        await call(sandbox, base)
        await sandbox.calls.idle()

    assert transcript(sandbox)[-1] == "You pressed nothing."


@pytest.mark.parametrize("does", ["busy", "no-answer", "failed"])
async def test_nobody_there_asks_for_no_script(sandbox: Sandbox, does: Any) -> None:
    sandbox.calls.phones.put(Habit(does=does))
    async with company(sandbox) as (asked, base):
        await call(sandbox, base)
        await sandbox.calls.idle()

    assert asked.statuses() == ["initiated", "ringing", does]
    assert [path for path, _ in asked.asked if path == "/answer"] == []


async def test_a_machine_is_told_apart_from_a_person(sandbox: Sandbox) -> None:
    sandbox.calls.phones.put(Habit(does="machine", press=""))
    async with company(sandbox) as (asked, base):
        await call(sandbox, base)
        await sandbox.calls.idle()

    assert dict(asked.asked)["/answer"]["AnsweredBy"] == "machine_end_beep"


async def test_only_two_calls_are_busy(sandbox: Sandbox) -> None:
    sandbox.calls.phones.put(Habit(does="busy", to=JO, count=2))
    sandbox.calls.phones.put(Habit(press=""))
    async with company(sandbox) as (asked, base):
        for _ in range(3):
            await call(sandbox, base)
            await sandbox.calls.idle()

    ends = [status for status in asked.statuses() if status in ("busy", "completed")]
    assert ends == ["busy", "busy", "completed"]


async def test_key_three_connects_and_says_what_became_of_it(sandbox: Sandbox) -> None:
    sandbox.calls.phones.put(Habit(press="3"))
    sandbox.calls.phones.put(Habit(does="no-answer", to=DESK))
    async with company(sandbox) as (asked, base):
        await call(sandbox, base)
        await sandbox.calls.idle()

    assert dict(asked.asked)["/dialled"]["DialCallStatus"] == "no-answer"


async def test_a_person_presses_a_key_over_the_api(sandbox: Sandbox) -> None:
    async with company(sandbox) as (_, base):
        await call(sandbox, base)
        [item] = sandbox.messages(channel="voice")
        pressing = {"message_id": item["id"], "press": "5"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{sandbox.url}/answer", json=pressing) as answer,
        ):
            done = await answer.json()
        await sandbox.calls.idle()

    assert answer.status == 200
    assert done["said"][-1]["said"] == "You pressed 5."


async def test_a_call_that_is_over_takes_no_keys(sandbox: Sandbox) -> None:
    sandbox.calls.phones.put(Habit(does="busy"))
    async with company(sandbox) as (_, base):
        await call(sandbox, base)
        await sandbox.calls.idle()
    [item] = sandbox.messages(channel="voice")
    message = sandbox.mailbox.get(item["id"])
    assert message is not None

    with pytest.raises(CannotAnswer, match="over: busy"):
        await sandbox.calls.read(message, Asked(message_id=item["id"], press="1"))


@pytest.mark.parametrize(
    "answer",
    ["Hello.", "<Response><Sing/></Response>", "<Response><Say language='de-DE'/></Response>"],
)
async def test_what_is_no_script_is_an_application_error(sandbox: Sandbox, answer: str) -> None:
    async with company(sandbox, lambda *_: answer) as (_, base):
        await call(sandbox, base)
        await sandbox.calls.idle()

    assert "an application error has occurred" in transcript(sandbox)[-1]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "jo"}, 21211),
        ({"from_": "Nordlicht"}, 21212),
        ({"url": "answer"}, 21205),
        ({"timeout": 1}, 13222),
        ({"machine_detection": "Maybe"}, 21218),
    ],
)
async def test_what_twilio_would_refuse_is_refused(
    sandbox: Sandbox, wrong: dict[str, Any], code: int
) -> None:
    with pytest.raises(TwilioException) as refused:
        await call(sandbox, "http://127.0.0.1:1", **wrong)

    assert getattr(refused.value, "code", None) == code
    assert sandbox.messages(channel="voice") == []


async def test_a_stranger_calls_nobody(sandbox: Sandbox) -> None:
    with pytest.raises(TwilioException) as refused:
        await client(sandbox, "wrong").calls.create_async(to=JO, from_=DESK, url="http://x/")

    assert getattr(refused.value, "status", None) == 401
    assert sandbox.messages(channel="voice") == []


async def test_a_habit_with_a_typing_error_is_refused_with_its_place(sandbox: Sandbox) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.put(f"{sandbox.url}/phones", json={"does": "sleeps"}) as answer,
    ):
        problem = await answer.json()

    assert answer.status == 422
    assert problem["detail"].startswith("does:")
