"""One call from its first ring to its end, with everything that Twilio asks and tells meanwhile.

Sources: twilio.com/docs, "Call resource" (statuses; StatusCallback and its events; the parameters
of a call-back), "TwiML for Programmable Voice" (``Digits``, ``DialCallStatus``), "Answering Machine
Detection" (``AnsweredBy``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import aiohttp

from devstack.sandbox.answer import CannotAnswer
from devstack.sandbox.messages import Content, Message
from devstack.sandbox.twilio_account import API_VERSION, TwilioAccount, new_sid
from devstack.sandbox.voice_phone import Habit, Phones
from devstack.sandbox.voice_script import BadScript, Dial, Gather, Hangup, Script, Speech, parse

Form = dict[str, str]
MOST_DOCUMENTS = 50
"""A script that leads round and round is cut off."""
ENDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class Over(Exception):
    """Somebody hung up."""


class Call:
    """``form`` is what it was asked for with. ``message`` is how the inbox shows it."""

    def __init__(
        self, form: Form, account: TwilioAccount, phones: Phones, seconds_to_press: float
    ) -> None:
        self.sid = new_sid("CA")
        self.status = "queued"
        self.form = form
        self._events = form.get("StatusCallbackEvent", "completed").split()
        self._account = account
        self._phones = phones
        self._seconds_to_press = seconds_to_press
        self._transcript: list[dict[str, str]] = []
        self._pressed: asyncio.Queue[str] = asyncio.Queue()
        self._listens = asyncio.Event()
        self._acted = asyncio.Event()
        self._sequence = 0
        self._answered_by: str | None = None
        self.message = Message(
            channel="voice",
            to=[form["To"]],
            sender=form["From"],
            raw=b"{}",
            received_at=datetime.now(UTC),
            read=_read,
            facts={"sid": self.sid},
        )
        self._show()

    async def run(self) -> None:
        habit = self._phones.called(self.form["To"])
        if habit.untold:
            self._events = []
        await self._tell("initiated", "initiated")
        await self._tell("ringing", "ringing")
        if habit.answered_by is None:
            await self._ended(habit.does, habit.sip_code)
            return
        await self._picked_up(habit)
        await self._ended("completed", 200)

    async def press(self, key: str) -> dict[str, Any]:
        """A person presses a key, once one is asked for; what is said then. Raises
        ``CannotAnswer``, ``TimeoutError``."""
        before = len(self._transcript)
        async with asyncio.timeout(10):
            await self._listens.wait()
            if self.status in ENDS:
                raise CannotAnswer(f"That call is over: {self.status}.")
            self._acted.clear()
            self._pressed.put_nowait(key)
            await self._acted.wait()
        return {"pressed": key, "status": self.status, "said": self._transcript[before:]}

    def resource(self) -> dict[str, Any]:
        now = format_datetime(datetime.now(UTC))
        return {
            "sid": self.sid,
            "account_sid": self._account.sid,
            "api_version": API_VERSION,
            "answered_by": self._answered_by,
            "date_created": now,
            "date_updated": now,
            "direction": "outbound-api",
            "from": self.form["From"],
            "to": self.form["To"],
            "status": self.status,
            "uri": f"/{API_VERSION}/Accounts/{self._account.sid}/Calls/{self.sid}.json",
        }

    async def _picked_up(self, habit: Habit) -> None:
        if self.form.get("MachineDetection"):
            self._answered_by = habit.answered_by
        await self._tell("answered", "in-progress")
        keys = iter(habit.press) if habit.press is not None else None
        try:
            script = await self._asked(self.form["Url"], {})
            for _ in range(MOST_DOCUMENTS):
                following = await self._played(script, habit, keys)
                if following is None:
                    return
                script = following
        except Over:
            return
        except BadScript as error:
            self._say("twilio", f"We are sorry, an application error has occurred. ({error})")
        finally:
            self._acted.set()

    async def _played(
        self, script: Script, habit: Habit, keys: Iterator[str] | None
    ) -> Script | None:
        """The next script; ``None`` where this one ends the call."""
        for verb in script.verbs:
            match verb:
                case Hangup():
                    return None
                case Speech():
                    self._spoken(verb, habit)
                case Dial():
                    return await self._dialled(verb)
                case Gather():
                    for speech in verb.says:
                        self._spoken(speech, habit)
                    digit = await self._key(keys)
                    if digit or verb.on_empty:
                        return await self._asked(verb.action, {"Digits": digit})
        return None

    def _spoken(self, speech: Speech, habit: Habit) -> None:
        self._say("call", speech.text, language=speech.language, voice=speech.voice)
        if habit.does == "hangs_up":
            self._say("reader", "(hangs up)")
            raise Over

    async def _key(self, keys: Iterator[str] | None) -> str:
        """Empty where nothing is pressed in time."""
        if keys is not None:
            digit = next(keys, "")
        else:
            self._acted.set()
            self._listens.set()
            try:
                digit = await asyncio.wait_for(self._pressed.get(), self._seconds_to_press)
            except TimeoutError:
                digit = ""
            self._listens.clear()
        self._say("reader", f"(presses {digit})" if digit else "(presses nothing)")
        return digit

    async def _dialled(self, dial: Dial) -> Script | None:
        other = self._phones.called(dial.number)
        status = "completed" if other.answered_by else other.does
        self._say("twilio", f"(connects to {dial.number} for {dial.caller}: {status})")
        if dial.action is None:
            return None
        return await self._asked(
            dial.action, {"DialCallStatus": status, "DialCallSid": new_sid("CA")}
        )

    async def _asked(self, url: str, more: Form) -> Script:
        """Raises :class:`BadScript` for whatever is no TwiML."""
        try:
            status, text = await self._account.call_back(url, {**self._fields(), **more})
        except (aiohttp.ClientError, TimeoutError, CannotAnswer) as error:
            raise BadScript("11200 HTTP retrieval failure") from error
        if status // 100 != 2:
            raise BadScript(f"11200 HTTP retrieval failure: {status}")
        return parse(text)

    async def _tell(self, event: str, status: str, **more: str) -> None:
        """Told once: whoever is away learns nothing."""
        self.status = status
        self._show()
        url = self.form.get("StatusCallback")
        if not url or event not in self._events:
            return
        fields = {
            **self._fields(),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
            "Timestamp": format_datetime(datetime.now(UTC)),
            **more,
        }
        self._sequence += 1
        try:
            await self._account.call_back(url, fields)
        except (aiohttp.ClientError, TimeoutError, CannotAnswer):
            return

    async def _ended(self, status: str, sip_code: int | None) -> None:
        more = {"SipResponseCode": str(sip_code)} if sip_code else {}
        self.status = status
        self._listens.set()
        await self._tell("completed", status, CallDuration="0", Duration="0", **more)

    def _fields(self) -> Form:
        answered = {"AnsweredBy": self._answered_by} if self._answered_by else {}
        return {
            "AccountSid": self._account.sid,
            "ApiVersion": API_VERSION,
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Direction": "outbound-api",
            "From": self.form["From"],
            "To": self.form["To"],
            "Called": self.form["To"],
            "Caller": self.form["From"],
            **answered,
        }

    def _say(self, who: str, said: str, **more: str) -> None:
        self._transcript.append({"who": who, "said": said, **more})
        self._show()

    def _show(self) -> None:
        shown = {
            "sid": self.sid,
            "status": self.status,
            "answered_by": self._answered_by,
            "transcript": self._transcript,
            "request": self.form,
        }
        self.message.raw = json.dumps(shown, ensure_ascii=False).encode()
        self.message.reread()


def _read(message: Message) -> Content:
    body = json.loads(message.raw)
    lines = [f"{line['who']}: {line['said']}" for line in body["transcript"]]
    said = [line["said"] for line in body["transcript"] if line["who"] == "call"]
    return Content(
        subject=said[0][:120] if said else f"Call: {body['status']}",
        text="\n".join(lines),
        html=None,
        headers={},
        thread=None,
        body=body,
    )
