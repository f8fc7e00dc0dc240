"""``POST /callbacks/twilio/{status,message}``: what became of a text message, and what people text
back. Both are signed; the address in the query names the delivery, and is signed with the rest.

Sources: twilio.com, "Outbound Message Status in Status Callbacks", "Twilio's request to your
incoming message webhook", "TwiML for Programmable Messaging".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tocsin_contracts.words import Channel, DeliveryState, SuppressionCause
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database
from twilio.twiml.messaging_response import MessagingResponse

from dispatcher.callbacks import sms_store
from dispatcher.callbacks.sms_outcomes import Again, Arrived, Lost, outcome_of_status
from dispatcher.callbacks.sms_words import Wish, help_text, may_be_an_answer, wish_of
from dispatcher.callbacks.twilio_signed import Form, TwilioSignature, delivery_named_by
from dispatcher.channels.port import Destination
from dispatcher.channels.slack_words import words_for
from dispatcher.delivery.receipts import Receipt, Receipts
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.directory.addresses import label_of
from dispatcher.rendering.gsm7 import transliterated
from dispatcher.rendering.language import choose
from dispatcher.rendering.phones import as_read
from dispatcher.replies.inbound import Inbound, Over, Received, Replies, StepAnswered
from dispatcher.settings import Settings, public_base


def text_routes(
    settings: Settings,
    receipts: Receipts,
    suppressions: Suppressions,
    replies: Replies,
    database: Database,
    clock: Clock,
) -> list[Route]:
    signature = TwilioSignature.of(settings, public_base(settings))
    return TextCallbacks(database, receipts, suppressions, replies, clock, signature).routes()


@dataclass(frozen=True)
class TextCallbacks:
    database: Database
    receipts: Receipts
    suppressions: Suppressions
    replies: Replies
    clock: Clock
    signature: TwilioSignature

    def routes(self) -> list[Route]:
        return [
            Route("/callbacks/twilio/status", self.status, methods=["POST"]),
            Route("/callbacks/twilio/message", self.message, methods=["POST"]),
        ]

    async def status(self, request: Request) -> Response:
        form = await self.signature.verified(request)
        delivery_id = delivery_named_by(request)
        if delivery_id:
            async with self.database.transaction() as conn:
                await self._record(conn, delivery_id, form, self.clock.now())
        return Response(status_code=204)

    async def message(self, request: Request) -> Response:
        """Answered with nothing: what a reader is told is a message of its own, with its record.
        But a colleague who answers a call hears at once whether it counts."""
        form = await self.signature.verified(request)
        wish = wish_of(form.get("Body", ""), form.get("OptOutType"))
        if wish is Wish.HELP:
            return _twiml(await self._help(form))
        if wish is not None and await self._granted(form, wish):
            return _twiml(None)
        received = await self.replies.receive(_inbound(form, self.clock.now()))
        return _twiml(await self._heard(received))

    async def _record(self, conn: Connection, delivery_id: str, form: Form, now: datetime) -> None:
        status, code = form.get("MessageStatus", ""), _number(form.get("ErrorCode"))
        texts = await sms_store.count(conn, delivery_id) + 1
        match outcome_of_status(status, code, texts):
            case Arrived():
                receipt = Receipt(delivery_id, DeliveryState.DELIVERED, now)
                await self.receipts.record_in(conn, receipt)
            case Lost(reason, suppress):
                if await sms_store.note(conn, form.get("MessageSid", ""), delivery_id, now):
                    receipt = Receipt(delivery_id, DeliveryState.FAILED, now, reason, suppress)
                    await self.receipts.record_in(conn, receipt)
            case Again(reason, after):
                if await sms_store.note(conn, form.get("MessageSid", ""), delivery_id, now):
                    await self.receipts.retry_in(conn, delivery_id, now + after, reason)

    async def _granted(self, form: Form, wish: Wish) -> bool:
        """STOP holds until START. Whether that is what the text was: who is not stopped and writes
        "yes" answers something. The same text a second time changes nothing."""
        label, now = _label(form), self.clock.now()
        async with self.database.transaction() as conn:
            sid = form.get("MessageSid", "")
            if not await sms_store.note(conn, sid, None, now):
                return True
            if wish is Wish.STOP:
                await self.suppressions.suppress(
                    conn, Channel.SMS, label, SuppressionCause.STOP, "the reader wrote STOP", now
                )
                return True
            lifted = await self.suppressions.lift_at(
                conn, Channel.SMS, label, SuppressionCause.STOP, now, "the reader wrote START"
            )
            granted = lifted or not may_be_an_answer(form.get("Body", ""))
            if not granted:
                # Else a repeat, after the reply desk failed, would count as done.
                await sms_store.unnote(conn, sid)
        return granted

    async def _heard(self, received: Received) -> str | None:
        async with self.database.connection() as conn:
            provider = await sms_store.provider(conn)
        words = words_for(provider.locale if provider else None)
        match received:
            case Over():
                said = words.over
            case StepAnswered(taken=taken, held_by=held_by):
                said = words.after(taken, held_by)
            case _:
                return None
        return transliterated(f"Tocsin: {said}")

    async def _help(self, form: Form) -> str | None:
        """Nothing where Twilio has answered it already."""
        if form.get("OptOutType"):
            return None
        async with self.database.connection() as conn:
            provider = await sms_store.provider(conn)
            own, of_client = await sms_store.locales_at(conn, _label(form))
        if provider is None:
            return None
        phone = as_read(provider.desk_phone)
        language = choose(None, own, of_client or provider.locale)
        return help_text(language.tag, provider.name, phone)


def _label(form: Form) -> str:
    return label_of(Destination(Channel.SMS, form.get("From", "")))


def _inbound(form: Form, now: datetime) -> Inbound:
    count = _number(form.get("NumMedia")) or 0
    kinds = (form.get(f"MediaContentType{index}", "") for index in range(min(count, 10)))
    return Inbound(
        id=form.get("MessageSid", ""),
        channel=Channel.SMS,
        sender=form.get("From", ""),
        text=form.get("Body", ""),
        at=now,
        attachments=tuple(kind for kind in kinds if kind),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _twiml(said: str | None) -> Response:
    answer = MessagingResponse()
    if said is not None:
        answer.message(said)
    return Response(str(answer), media_type="text/xml")
