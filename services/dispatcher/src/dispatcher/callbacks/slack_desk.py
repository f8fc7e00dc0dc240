"""What people do in Slack becomes an answer: each press, form, reply and command, once."""

from __future__ import annotations

from typing import Any

import structlog
from tocsin_contracts.words import Channel
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database

from dispatcher.callbacks import slack_store
from dispatcher.callbacks.slack_forms import arrived, question_form
from dispatcher.callbacks.slack_payloads import FIELD, Filled, Press, Said
from dispatcher.channels.message import Answer
from dispatcher.channels.slack_words import words_for
from dispatcher.replies.heard import NOTHING_OPEN
from dispatcher.replies.inbound import Ignored, Inbound, Over, Received, Replies, StepAnswered

log = structlog.get_logger()


class SlackDesk:
    """Each method returns once what was answered is safe, and raises where it is not: then Slack
    sends it again, or tells the person."""

    def __init__(self, database: Database, replies: Replies, clock: Clock) -> None:
        self._database = database
        self._replies = replies
        self._clock = clock

    async def form_for(self, press: Press) -> dict[str, Any] | str:
        """The form to open, or a sentence for whoever pressed."""
        asking = await self._asking(press.delivery_id, press.message)
        if asking is None:
            return words_for(None).not_known
        return question_form(
            words_for(asking.locale),
            delivery_id=asking.delivery_id,
            message=press.message,
            locale=asking.locale,
        )

    async def pressed(self, press: Press) -> str | None:
        """A sentence for whoever pressed, where the message itself will not show it."""
        asking = await self._asking(press.delivery_id, press.message)
        if asking is None:
            return words_for(None).not_known
        received = await self._receive(press.id, press.user, press.message, asking, press.answer)
        words = words_for(asking.locale)
        match received:
            case StepAnswered(taken=taken, held_by=held_by):
                return words.after(taken, held_by)
            case Over():
                return words.over
        return words.not_known if received == Ignored(NOTHING_OPEN) else None

    async def filled(self, form: Filled) -> dict[str, Any]:
        """What the form becomes: thanks, or what is missing."""
        words = words_for(form.locale)
        if not form.text.strip():
            return {"response_action": "errors", "errors": {FIELD: words.form_empty}}
        try:
            asking = await self._asking(form.delivery_id, form.message)
            if asking is None:
                return {"response_action": "errors", "errors": {FIELD: words.not_known}}
            await self._receive(form.id, form.user, form.message, asking, None, form.text)
        except Exception:
            # The words stay in the form, to be sent again.
            log.exception("slack_question_failed")
            return {"response_action": "errors", "errors": {FIELD: words.not_now}}
        return {"response_action": "update", "view": arrived(words)}

    async def said(self, said: Said) -> None:
        """A reply in one of our threads, a direct message, or words that name us where we post;
        what else people say in their channels is none of ours."""
        named = await self._named(said)
        if named is None:
            return
        await self._replies.receive(
            Inbound(
                id=said.id,
                channel=Channel.SLACK,
                sender=said.user,
                text=said.text,
                at=self._clock.now(),
                delivery_ids=named,
                thread=said.thread or said.id,
                attachments=said.files,
            )
        )

    async def _named(self, said: Said) -> tuple[str, ...] | None:
        """The deliveries that it answers, where no thread says so; ``None``: it is not for us."""
        async with self._database.connection() as conn:
            if said.thread is not None and await slack_store.is_ours(conn, said.thread):
                return ()
            if not said.direct and (said.thread is not None or not said.mentioned):
                return None
            last = await slack_store.last_told(conn, said.channel)
        if last is not None:
            return (last.delivery_id,)
        return () if said.direct else None

    async def _asking(self, delivery_id: str, message: str) -> slack_store.Asking | None:
        async with self._database.connection() as conn:
            return await slack_store.asking(conn, delivery_id, message)

    async def _receive(
        self,
        key: str,
        user: str,
        message: str,
        asking: slack_store.Asking,
        pressed: Answer | None,
        text: str = "",
    ) -> Received:
        return await self._replies.receive(
            Inbound(
                id=key,
                channel=Channel.SLACK,
                sender=user,
                text=text,
                at=self._clock.now(),
                delivery_ids=(asking.delivery_id,),
                thread=message,
                pressed=pressed,
            )
        )
