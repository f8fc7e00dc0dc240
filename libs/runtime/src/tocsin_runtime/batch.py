"""Turns received records into handled events: decode, admit, hand over, all in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from tocsin_contracts.envelope import (
    Event,
    EventData,
    MalformedEvent,
    UnknownEventType,
    decode,
)
from tocsin_contracts.registry import Topic, dead_letter_topic

from tocsin_runtime import inbox, metrics
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database, waiting_helps
from tocsin_runtime.deadletters import DeadLetter, RateLimit, Record, put_aside
from tocsin_runtime.tracing import span

log = structlog.get_logger()
ATTEMPTS = 3


@dataclass(frozen=True)
class Decoded:
    """A record and its event, or why it has none."""

    record: Record
    event: Event[EventData] | None
    reason: str | None = None


class BatchProcessor:
    """Applies batches for one consumer; ``halted`` once dead letters pass the limit."""

    def __init__(
        self,
        *,
        service: str,
        consumer: str,
        topics: Sequence[Topic],
        handler: Callable[[Connection, Sequence[Event[EventData]]], Awaitable[None]],
        database: Database,
        clock: Clock,
        limit_per_minute: int,
        on_dead_letter: Callable[[], None],
    ) -> None:
        self.halted = False
        self._consumer = consumer
        self._known = {data.event_type: data for topic in topics for data in topic.types}
        self._handler = handler
        self._database = database
        self._clock = clock
        self._limit = RateLimit(limit_per_minute)
        self._dead_letter_topic = dead_letter_topic(service).name
        self._on_dead_letter = on_dead_letter

    async def apply(self, batch: Sequence[Record]) -> None:
        """Handle every record of ``batch`` or raise with nothing changed.

        Where the handler fails on the whole batch, each event is tried by itself and the one that
        cannot be handled is put aside. Errors that waiting helps against are raised.
        """
        decoded = [entry for record in batch if (entry := self._decode(record)) is not None]
        try:
            await self._apply_together(decoded)
        except Exception as error:
            if waiting_helps(error):
                raise
            log.exception("batch failed, trying its events one by one", consumer=self._consumer)
            for entry in decoded:
                await self._apply_alone(entry)

    async def apply_again(self, record: Record) -> bool:
        """Handle one dead letter; false, with the letter left as it is, if it fails again.

        An event whose first try failed was never admitted, so the inbox lets it through.
        """
        decoded = self._decode(record)
        if decoded is None:
            return True
        if decoded.event is None:
            return False
        try:
            await self._apply_together([decoded])
        except Exception as error:
            if waiting_helps(error):
                raise
            log.warning("dead letter failed again", consumer=self._consumer, error=str(error))
            return False
        return True

    def _decode(self, record: Record) -> Decoded | None:
        """``None`` for an unknown type (counted) and for a tombstone of a compacted topic."""
        if record.value is None:
            return None
        try:
            return Decoded(record, decode(record.value, self._known))
        except UnknownEventType:
            metrics.EVENTS_UNKNOWN.labels(self._consumer).inc()
            return None
        except MalformedEvent as error:
            return Decoded(record, None, str(error))

    async def _apply_together(self, decoded: Sequence[Decoded]) -> None:
        async with self._database.transaction() as conn:
            for entry in decoded:
                if entry.event is None:
                    await self._put_aside(conn, entry.record, entry.reason or "")
            fresh = await self._admit(conn, [e.event for e in decoded if e.event is not None])
            if fresh:
                with span(f"consume {self._consumer}", fresh[0].traceparent):
                    await self._handler(conn, fresh)
        self._count(fresh)

    async def _apply_alone(self, entry: Decoded) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._apply_together([entry])
            except Exception as error:
                if waiting_helps(error):
                    raise
                reason = f"{type(error).__name__}: {error}"
                log.warning("event failed", consumer=self._consumer, attempt=attempt, error=reason)
            else:
                return
        async with self._database.transaction() as conn:
            await self._put_aside(conn, entry.record, reason)

    async def _admit(
        self, conn: Connection, events: Sequence[Event[EventData]]
    ) -> list[Event[EventData]]:
        """Those not handled before, each once, in order."""
        if not events:
            return []
        new = await inbox.admit(conn, self._consumer, [event.id for event in events])
        metrics.EVENTS_REPEATED.labels(self._consumer).inc(len(events) - len(new))
        fresh: list[Event[EventData]] = []
        for event in events:
            if event.id in new:
                new.discard(event.id)
                fresh.append(event)
        return fresh

    async def _put_aside(self, conn: Connection, record: Record, reason: str) -> None:
        log.warning(
            "record put aside",
            consumer=self._consumer,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason,
        )
        await put_aside(conn, self._dead_letter_topic, DeadLetter(self._consumer, record, reason))
        self._database.after_commit(conn, self._on_dead_letter)
        self._database.after_commit(conn, lambda: self._count_dead_letter())

    def _count_dead_letter(self) -> None:
        """After the commit: a batch that is tried again would count its letters twice."""
        metrics.DEAD_LETTERS.labels(self._consumer).inc()
        self.halted = self._limit.exceeded(self._clock.now()) or self.halted

    def _count(self, fresh: Sequence[Event[EventData]]) -> None:
        now = self._clock.now()
        for event in fresh:
            metrics.EVENTS_CONSUMED.labels(self._consumer, event.type).inc()
            metrics.EVENT_AGE.labels(self._consumer).observe((now - event.time).total_seconds())
