"""One row's way out: gate, address, links, text, provider. What fails here fails this row alone."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import structlog
from tocsin_contracts import words
from tocsin_contracts.words import DeliveryState
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import waiting_helps
from tocsin_runtime.tracing import span

from dispatcher import metrics
from dispatcher.channels import mime
from dispatcher.channels.message import RenderedMessage
from dispatcher.channels.port import Channel, Destination, RetryLater, SendOutcome
from dispatcher.delivery.composing import Composed, Composer
from dispatcher.delivery.folding import Folder
from dispatcher.delivery.model import Claimed, Result
from dispatcher.delivery.retry import Next, SenderEnded, Tried, decide
from dispatcher.delivery.text_desk import TextDesk
from dispatcher.directory.addresses import SealBroken
from dispatcher.gating.model import Fold, Send, Skip, Wait
from dispatcher.gating.rules import gate
from dispatcher.rendering.notice import Notice

log = structlog.get_logger()


class Sender:
    def __init__(
        self,
        *,
        composer: Composer,
        clock: Clock,
        folder: Folder,
        texts: TextDesk,
    ) -> None:
        self._composer = composer
        self._clock = clock
        self._folder = folder
        self._texts = texts

    async def send(self, row: Claimed, notice: Notice | None, channel: Channel) -> Result | None:
        """Never raises for what one row brings about. ``None``: a digest tells it."""
        try:
            verdict = gate(row.gated, self._clock.now())
            if isinstance(verdict, Fold):
                if await self._folder.fold(row):
                    return None
                verdict = Send()
            if not isinstance(verdict, Send):
                return self._held(row, verdict)
            to = self._composer.destination(row)
            if isinstance(to, str):
                return self._skipped(row, to)
            if notice is None:
                raise LookupError(f"message {row.message_id} is gone")
            return await self._sent(row, notice, channel, to)
        except SealBroken as error:
            return self._ended(row, Next(DeliveryState.FAILED, str(error)), tried=False)
        except Exception as error:
            metrics.ROWS_FAILED.inc()
            log.exception("row failed by an error of our own", delivery=row.id)
            reason = f"an error of our own: {type(error).__name__}"
            return self._ended(row, Next(DeliveryState.FAILED, reason), tried=True)

    def lost(self, row: Claimed) -> Result:
        """A row whose sender ended: it may have been taken."""
        return self._after(row, SenderEnded(), row.thread, None)

    def released(self, row: Claimed) -> Result:
        """A row that was claimed and not begun when we were told to stop."""
        return self._ended(row, Next(DeliveryState.PENDING, due_at=self._clock.now()), tried=False)

    async def _sent(
        self, row: Claimed, notice: Notice, channel: Channel, to: Destination
    ) -> Result:
        composed = self._composer.compose(row, notice, to, self._clock.now())
        if row.channel is words.Channel.SMS:
            held = await self._not_texted(row, notice, composed)
            if held is not None:
                return held
        started = time.perf_counter()
        with span(f"send {row.channel.value}", row.traceparent):
            outcome = await channel.send(composed.message, to, idempotency_key=row.key)
        metrics.SEND_SECONDS.labels(row.channel.value).observe(time.perf_counter() - started)
        return self._after(row, outcome, composed.thread, composed.message)

    async def _not_texted(self, row: Claimed, notice: Notice, composed: Composed) -> Result | None:
        destination, now = composed.thread.rpartition("/")[2], self._clock.now()
        try:
            why = await self._texts.problem_with(row.kind, notice, destination, composed.short, now)
        except Exception as error:
            if not waiting_helps(error):
                raise
            soon = Next(DeliveryState.PENDING, due_at=now + timedelta(seconds=5))
            return self._ended(row, soon, tried=False)
        return self._skipped(row, why) if why is not None else None

    def _after(
        self,
        row: Claimed,
        outcome: SendOutcome | SenderEnded,
        thread: str,
        message: RenderedMessage | None,
    ) -> Result:
        now = self._clock.now()
        is_webhook = row.channel is words.Channel.WEBHOOK
        tried = Tried(row.attempt, row.doubts, row.planned_at, by_schedule=is_webhook)
        # Spreads load, guards nothing.
        following = decide(outcome, tried, now, random.random())  # noqa: S311
        root = self._root(row, following)
        return Result(
            row=row,
            next=following,
            at=now,
            tried=not (isinstance(outcome, RetryLater) and outcome.held),
            thread=thread,
            root_id=root,
            subject=message.subject if root and message else None,
        )

    def _root(self, row: Claimed, following: Next) -> str | None:
        """What begins the thread. Where a first message failed for good the next one does; mail
        that may have arrived does too, since its id is known and a wrong reference harms nobody."""
        if following.state is DeliveryState.UNKNOWN and row.channel is words.Channel.EMAIL:
            return mime.message_id(row.id, self._composer.mail_from)
        return following.provider_id if following.state is DeliveryState.ACCEPTED else None

    def _held(self, row: Claimed, verdict: Wait | Skip) -> Result:
        if isinstance(verdict, Skip):
            return self._skipped(row, verdict.why)
        waits = Next(DeliveryState.WAITING, verdict.why, due_at=verdict.until, asks=verdict.asks)
        return self._ended(row, waits, tried=False)

    def _skipped(self, row: Claimed, why: str) -> Result:
        return self._ended(row, Next(DeliveryState.SKIPPED, why), tried=False)

    def _ended(self, row: Claimed, following: Next, *, tried: bool) -> Result:
        return Result(row, following, self._clock.now(), tried, row.thread)
