"""Twilio's Messages API and what follows a message: its statuses, its answers, STOP and START.

Sources: twilio.com/docs, "Messages resource" (fields, limits), "Outbound Message Status in Status
Callbacks" (none for the first status; any order), "Twilio's request to your incoming message
webhook", "Twilio support for opt-out keywords" (STOP is answered by Twilio itself, 21610 after),
and the dictionary of errors.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devstack.sandbox.answer import CannotAnswer
from devstack.sandbox.messages import Message
from devstack.sandbox.problems import refuse
from devstack.sandbox.sms_payloads import (
    Form,
    as_read,
    inbound_fields,
    resource,
    said_in,
    status_fields,
)
from devstack.sandbox.sms_segments import size_of
from devstack.sandbox.twilio_account import PREFIX, TwilioAccount, new_sid, refused
from devstack.sandbox.twilio_faults import WORDS_OF_CODE, misbehave

if TYPE_CHECKING:
    from devstack.sandbox.answer_api import Asked
    from devstack.sandbox.server import Sandbox

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
LONGEST_BODY, LONGEST_VALIDITY = 1_600, 36_000
"""Characters; seconds."""

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke"})
START_WORDS = frozenset({"start", "yes", "unstop"})


class Texted(BaseModel):
    """Somebody's text to us; ``to`` where we have several numbers."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(alias="from")
    text: str
    to: str | None = None


class TwilioMessages:
    """``stopped`` are pairs of a reader's number and ours that it does not hear from any more."""

    def __init__(self, sandbox: Sandbox, account: TwilioAccount) -> None:
        self._sandbox = sandbox
        self._account = account
        self.stopped: set[tuple[str, str]] = set()
        self._under_way: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{PREFIX}/Messages.json", self.create),
            web.get(f"{PREFIX}/Messages/{{sid}}.json", self.fetch),
            web.post("/twilio/text", self.text),
        ]

    async def create(self, request: web.Request) -> web.Response:
        form: Form = {name: str(value) for name, value in (await request.post()).items()}
        problem = self._account.problem_with(request) or self._problem_with(form)
        if problem is not None:
            return problem
        fault = self._sandbox.faults.hit("sms", [form["To"]])
        if fault is None:
            return self._take(form)
        return await misbehave(request, fault, lambda: self._take(form))

    async def fetch(self, request: web.Request) -> web.Response:
        problem = self._account.problem_with(request)
        message = self._find(request.match_info["sid"])
        if problem is not None or message is None:
            return problem or refused(404, 20404, "The requested resource was not found")
        return web.json_response(resource(message, self._account.sid))

    async def text(self, request: web.Request) -> web.Response:
        """For people and tests: somebody texts our number, whether or not we ever wrote to them."""
        said = _texted(await request.read())
        try:
            return web.json_response(await self.receive(said.sender, said.text, to=said.to))
        except CannotAnswer as error:
            refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (aiohttp.ClientError, TimeoutError):
            refuse(HTTPStatus.BAD_GATEWAY, "The dispatcher does not answer.")

    async def read(self, message: Message, asked: Asked) -> dict[str, Any] | None:
        """A person answers a message, or the network reports of it (``report``: a status, then an
        error code where there is one, as in ``undelivered 30003``)."""
        if asked.report is not None:
            status, _, code = asked.report.partition(" ")
            return await self.report(message.facts["sid"], status, code or None)
        if asked.reply is None:
            return None
        return await self.receive(message.to[0], asked.reply, to=message.sender)

    async def receive(self, sender: str, text: str, *, to: str | None = None) -> dict[str, Any]:
        """A text of ``sender`` to our number goes where that number is set to call; what is
        answered to it in TwiML reaches the reader."""
        ours = to or self._sandbox.settings.twilio_number
        self._note_wish(sender, ours, text)
        if self._account.dispatcher_url is None:
            raise CannotAnswer("Nobody takes answers here: start it with --dispatcher-url.")
        url = f"{self._account.dispatcher_url.rstrip('/')}/callbacks/twilio/message"
        fields = inbound_fields(sender, ours, text, self._account.sid)
        status, answer = await self._account.call_back(url, fields)
        for said in said_in(answer):
            self._keep({"To": sender, "From": ours, "Body": said}, "outbound-reply")
        return {"sid": fields["MessageSid"], "url": url, "status": status, "answer": answer}

    async def report(self, sid: str, status: str, code: str | None = None) -> dict[str, Any]:
        """Tell the sender that a message is now ``sent``, ``delivered``, ``undelivered`` …, in
        whatever order it is asked for. Raises ``CannotAnswer``."""
        message = self._find(sid)
        url = message.facts["status_callback"] if message else None
        if message is None or not url:
            raise CannotAnswer("Nobody asked to be told what becomes of that message.")
        message.facts |= {"status": status, "error_code": int(code) if code else None}
        answered, _ = await self._account.call_back(url, status_fields(message, self._account.sid))
        return {"url": url, "status": answered}

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _problem_with(self, form: Form) -> web.Response | None:
        to, body = form.get("To", ""), form.get("Body", "")
        validity = form.get("ValidityPeriod", "1")
        if not to:
            return refused(400, 21604, "A 'To' phone number is required.")
        if not NUMBER.fullmatch(to):
            return refused(400, 21211, f"Invalid 'To' Phone Number: {to[:4]}XXXX")
        if not form.get("From") and not form.get("MessagingServiceSid"):
            return refused(400, 21603, "A 'From' phone number is required.")
        if not body:
            return refused(400, 21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            return refused(400, 21617, "The concatenated message body exceeds the 1600 limit.")
        if not (validity.isdigit() and 1 <= int(validity) <= LONGEST_VALIDITY):
            return refused(400, 90007, "Invalid validity period value")
        if (to, self._ours(form)) in self.stopped:
            return refused(400, 21610, WORDS_OF_CODE[21610])
        return None

    def _ours(self, form: Form) -> str:
        return form.get("From") or self._sandbox.settings.twilio_number

    def _take(self, form: Form) -> web.Response:
        message = self._keep(form, "outbound-api")
        statuses = self._sandbox.settings.twilio_statuses
        if message.facts["status_callback"] and statuses:
            self._later(self._report_all(message.facts["sid"], statuses))
        return web.json_response(resource(message, self._account.sid), status=201)

    def _keep(self, form: Form, direction: str) -> Message:
        size = size_of(form["Body"])
        message = Message(
            channel="sms",
            to=[form["To"]],
            sender=self._ours(form),
            raw=form["Body"].encode(),
            received_at=datetime.now(UTC),
            read=as_read,
            facts={
                "sid": new_sid("SM"),
                "direction": direction,
                "status": "accepted" if form.get("MessagingServiceSid") else "queued",
                "error_code": None,
                "status_callback": form.get("StatusCallback"),
                "messaging_service_sid": form.get("MessagingServiceSid"),
                "validity_period": int(form.get("ValidityPeriod", LONGEST_VALIDITY)),
                "encoding": size.encoding,
                "units": size.units,
                "segments": size.segments,
            },
        )
        self._sandbox.journal.write(message, key=form.get("StatusCallback"))
        self._sandbox.mailbox.add(message)
        return message

    def _find(self, sid: str) -> Message | None:
        mailbox = self._sandbox.mailbox
        return next((m for m in mailbox if m.facts.get("sid") == sid and m.channel == "sms"), None)

    def _note_wish(self, sender: str, ours: str, text: str) -> None:
        word = text.strip().casefold()
        if word in STOP_WORDS:
            self.stopped.add((sender, ours))
        elif word in START_WORDS:
            self.stopped.discard((sender, ours))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _report_all(self, sid: str, statuses: tuple[str, ...]) -> None:
        """Twilio tries once, and so does this: whoever is away learns nothing."""
        for status in statuses:
            try:
                await self.report(sid, status)
            except (aiohttp.ClientError, TimeoutError, CannotAnswer):
                return


def _texted(body: bytes) -> Texted:
    try:
        return Texted.model_validate_json(body)
    except ValidationError:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, 'Say {"from": "+49…", "text": "…"}.')
