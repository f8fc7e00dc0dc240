"""Calls under way: what is said, which key was pressed, how it ended.

``POST /callbacks/twilio/voice/{answer,keys,dialled,status}``, each signed by Twilio and named by
the delivery in its query. Sources: twilio.com, "TwiML Voice", "Call resource" (StatusCallback),
"Answering Machine Detection".
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tocsin_contracts.words import Channel, DeliveryState
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database

from dispatcher.callbacks import voice_store
from dispatcher.callbacks import voice_twiml as twiml
from dispatcher.callbacks.twilio_signed import TwilioSignature, delivery_named_by
from dispatcher.callbacks.voice_ending import CallEnds
from dispatcher.callbacks.voice_keys import Connect, End, Give, Read, next_step
from dispatcher.callbacks.voice_outcomes import ENDS, Ended, is_fax, is_machine
from dispatcher.callbacks.voice_words import not_connected, thanks, word
from dispatcher.channels.message import Answer, RenderedMessage
from dispatcher.channels.sms_numbers import e164
from dispatcher.channels.voice_urls import PREFIX, dialled_url, keys_url
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.looking import look_at
from dispatcher.delivery.receipts import Receipt, Receipts
from dispatcher.replies.inbound import Inbound, Replies

ENGLISH = "en"
SPOKEN_WITH = frozenset({"completed", "answered"})
"""Of ``DialCallStatus``: the person whom key 3 leads to was there."""


@dataclass(frozen=True)
class Asked:
    """One call-back that was signed. ``times``: the message was read so often in this call."""

    sid: str
    delivery_id: str
    form: dict[str, str]
    times: int

    @property
    def answered_by(self) -> str | None:
        return self.form.get("AnsweredBy")

    @property
    def digit(self) -> str:
        return self.form.get("Digits", "")[:1]


@dataclass(frozen=True)
class VoiceCallbacks:
    """``base`` is where Twilio reaches us."""

    database: Database
    composer: Composer
    replies: Replies
    receipts: Receipts
    ends: CallEnds
    clock: Clock
    signature: TwilioSignature
    base: str

    def routes(self) -> list[Route]:
        places = {
            "answer": self.answer,
            "keys": self.keys,
            "dialled": self.dialled,
            "status": self.status,
        }
        return [
            Route(f"{PREFIX}/{name}", handler, methods=["POST"]) for name, handler in places.items()
        ]

    async def answer(self, request: Request) -> Response:
        """Somebody picked up, or a machine has ended its greeting."""
        asked = await self._asked(request)
        async with self.database.transaction() as conn:
            await voice_store.note(
                conn,
                asked.sid,
                asked.delivery_id,
                "in-progress",
                asked.answered_by,
                self.clock.now(),
            )
        if is_fax(asked.answered_by):
            return _said(twiml.hang_up())
        message = await self._message(asked.delivery_id)
        if message is None:
            return _said(twiml.say_and_end(ENGLISH, word(ENGLISH, "unavailable")))
        if is_machine(asked.answered_by):
            short = message.short_text or message.text
            return _said(twiml.say_and_end(message.locale, short))
        return _said(self._read(asked, message, times=1))

    async def keys(self, request: Request) -> Response:
        """The message was read to its end, or a key cut it short: either way it was heard."""
        asked = await self._asked(request)
        await self._heard(asked)
        message = await self._message(asked.delivery_id)
        if message is None:
            return _said(twiml.say_and_end(ENGLISH, word(ENGLISH, "farewell")))
        match next_step(asked.digit, asked.times, message):
            case Read(misunderstood=misunderstood):
                first = (word(message.locale, "misunderstood"),) if misunderstood else ()
                return _said(self._read(asked, message, *first, times=asked.times + 1))
            case Give(answer=answer):
                return _said(await self._given(asked, message, answer))
            case Connect(number=number):
                return _said(self._connected(asked, message, number))
            case End():
                farewell = "goodbye" if message.answers else "farewell"
                return _said(twiml.say_and_end(message.locale, word(message.locale, farewell)))

    async def _given(self, asked: Asked, message: RenderedMessage, answer: Answer) -> str:
        received = await self.replies.receive(
            Inbound(
                id=f"{asked.sid}/{asked.times}",
                channel=Channel.VOICE,
                sender=asked.form.get("To", ""),
                text=asked.digit,
                at=self.clock.now(),
                delivery_ids=(asked.delivery_id,),
                pressed=answer,
            )
        )
        return twiml.say_and_end(message.locale, thanks(message.locale, answer, received))

    async def dialled(self, request: Request) -> Response:
        """The conversation with a person is over, or there was none."""
        asked = await self._asked(request)
        if asked.form.get("DialCallStatus") in SPOKEN_WITH:
            return _said(twiml.hang_up())
        message = await self._message(asked.delivery_id)
        locale, number = (message.locale, message.dial) if message else (ENGLISH, None)
        return _said(twiml.say_and_end(locale, not_connected(locale, number)))

    async def status(self, request: Request) -> Response:
        asked = await self._asked(request)
        status, now = asked.form.get("CallStatus", ""), self.clock.now()
        async with self.database.transaction() as conn:
            call = await voice_store.note(
                conn, asked.sid, asked.delivery_id, status, asked.answered_by, now
            )
        if status in ENDS and not call.ended:
            ended = Ended(
                status=status,
                calls=call.calls,
                heard=call.heard,
                answered_by=call.answered_by,
                sip_code=asked.form.get("SipResponseCode"),
            )
            await self.ends.dealt_with(call, ended, now)
        return Response(status_code=204)

    async def _asked(self, request: Request) -> Asked:
        form = await self.signature.verified(request)
        times = request.query_params.get("times", "1")
        return Asked(
            sid=form.get("CallSid", ""),
            delivery_id=delivery_named_by(request),
            form=form,
            times=int(times) if times.isascii() and times.isdigit() else 1,
        )

    async def _message(self, delivery_id: str) -> RenderedMessage | None:
        """Rendered anew: what is said lies nowhere but in the facts it is made of."""
        async with self.database.connection() as conn:
            found = await look_at(conn, delivery_id)
        if found is None:
            return None
        row, notice = found
        to = self.composer.destination(row)
        if isinstance(to, str):
            return None
        return self.composer.compose(row, notice, to, self.clock.now()).message

    async def _heard(self, asked: Asked) -> None:
        now = self.clock.now()
        receipt = Receipt(asked.delivery_id, DeliveryState.DELIVERED, now)
        async with self.database.transaction() as conn:
            await voice_store.note(
                conn, asked.sid, asked.delivery_id, "in-progress", asked.answered_by, now
            )
            await voice_store.heard(conn, asked.sid, now)
            await self.receipts.record_in(conn, receipt)

    def _read(self, asked: Asked, message: RenderedMessage, *first: str, times: int) -> str:
        keys_to = keys_url(self.base, asked.delivery_id, times)
        return twiml.read_out(message.locale, *first, message.text, keys_to=keys_to)

    def _connected(self, asked: Asked, message: RenderedMessage, number: str) -> str:
        return twiml.connect(
            message.locale,
            word(message.locale, "connecting"),
            number=e164(number) or number,
            caller=asked.form.get("From", ""),
            then=dialled_url(self.base, asked.delivery_id),
        )


def _said(document: str) -> Response:
    return Response(document, media_type="text/xml")
