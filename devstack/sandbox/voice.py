"""Twilio's Calls API: it rings, fetches what to say, plays it to a transcript and presses keys.

Source: twilio.com/docs, "Call resource" (fields and their limits) and the dictionary of errors.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import ValidationError

from devstack.sandbox.messages import Message
from devstack.sandbox.problems import refuse
from devstack.sandbox.twilio_account import PREFIX, TwilioAccount, refused
from devstack.sandbox.twilio_faults import misbehave
from devstack.sandbox.voice_call import Call, Form
from devstack.sandbox.voice_phone import Habit, Phones

if TYPE_CHECKING:
    from devstack.sandbox.answer_api import Asked
    from devstack.sandbox.server import Sandbox

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
DETECTION = frozenset({"", "Enable", "DetectMessageEnd"})


class TwilioCalls:
    """``phones`` says how whoever is called behaves."""

    def __init__(self, sandbox: Sandbox, account: TwilioAccount) -> None:
        self._sandbox = sandbox
        self._account = account
        self.phones = Phones()
        self._calls: dict[str, Call] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{PREFIX}/Calls.json", self.create),
            web.get(f"{PREFIX}/Calls/{{sid}}.json", self.fetch),
            web.put("/phones", self.put_habit),
            web.delete("/phones", self.forget_habits),
        ]

    async def create(self, request: web.Request) -> web.Response:
        posted = await request.post()
        form: Form = {name: " ".join(map(str, posted.getall(name))) for name in posted}
        problem = self._account.problem_with(request) or _problem_with(form)
        if problem is not None:
            return problem
        fault = self._sandbox.faults.hit("voice", [form["To"]])
        if fault is None:
            return self._take(form)
        return await misbehave(request, fault, lambda: self._take(form))

    async def fetch(self, request: web.Request) -> web.Response:
        call = self._calls.get(request.match_info["sid"])
        problem = self._account.problem_with(request)
        if problem is not None or call is None:
            return problem or refused(404, 20404, "The requested resource was not found")
        return web.json_response(call.resource())

    async def put_habit(self, request: web.Request) -> web.Response:
        """How a telephone behaves from now on: ``{"to": "+49…", "does": "busy", "count": 2}``."""
        try:
            habit = Habit.model_validate_json(await request.read())
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = "/".join(str(part) for part in first["loc"]) or "body"
            refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first['msg']}")
        self.phones.put(habit)
        return web.json_response(habit.model_dump(exclude_none=True))

    async def forget_habits(self, _: web.Request) -> web.Response:
        self.phones.clear()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def read(self, message: Message, asked: Asked) -> dict[str, Any] | None:
        """A person on the telephone presses a key."""
        if asked.press is None:
            return None
        return await self._calls[message.facts["sid"]].press(asked.press)

    async def idle(self) -> None:
        """Until every call is over; one whose reader waits for a key does not end by itself."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _take(self, form: Form) -> web.Response:
        seconds = self._sandbox.settings.voice_seconds_to_press
        call = Call(form, self._account, self.phones, seconds)
        self._calls[call.sid] = call
        self._sandbox.journal.write(call.message, key=form.get("StatusCallback"))
        self._sandbox.mailbox.add(call.message)
        answer = web.json_response(call.resource(), status=201)
        task = asyncio.create_task(call.run())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return answer


def _problem_with(form: Form) -> web.Response | None:
    if not form.get("To"):
        return refused(400, 21201, "No 'To' number is specified")
    if not NUMBER.fullmatch(form["To"]):
        return refused(400, 21211, f"Invalid 'To' Phone Number: {form['To'][:4]}XXXX")
    if not NUMBER.fullmatch(form.get("From", "")):
        return refused(400, 21212, "The 'From' number is not a valid phone number")
    if not form.get("Url", "").startswith(("http://", "https://")):
        return refused(400, 21205, "Url is not a valid URL")
    if not set(form.get("StatusCallbackEvent", "").split()) <= EVENTS:
        return refused(400, 21626, "Invalid StatusCallbackEvent")
    if form.get("MachineDetection", "") not in DETECTION:
        return refused(400, 21218, "Invalid MachineDetection")
    if not 5 <= int(form.get("Timeout", "60")) <= 600:
        return refused(400, 13222, "Invalid Timeout")
    return None
