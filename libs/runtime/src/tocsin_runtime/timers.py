"""Moments at which a service has to act, kept as rows.

A timer fires inside one transaction: the subject's lock is tried, the row removed, the handler
called. So it fires once, whatever is restarted, and a subject whose state is being changed by a
consumer is left for the next round instead of waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from tocsin_runtime import metrics
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database, subject_number, waiting_helps
from tocsin_runtime.patience import patiently
from tocsin_runtime.wakeup import Wakeup

log = structlog.get_logger()
BATCH = 200
REPLICAS = 5
"""How many may claim at once before one finds only what the others hold; it looks again soon."""
POLL_SECONDS = 1.0
LATE = timedelta(seconds=30)
PUT_OFF = timedelta(minutes=1)


@dataclass(frozen=True)
class Timer:
    """One moment; ``(kind, key)`` is its identity, ``subject`` whose state it concerns."""

    kind: str
    key: str
    subject: str
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


TimerHandler = Callable[[Connection, Sequence[Timer], datetime], Awaitable[None]]


async def arm(conn: Connection, timers: Sequence[Timer]) -> None:
    """Set timers; one that is armed already, or named twice, gets the last moment and payload."""
    last = {(timer.kind, timer.key): timer for timer in timers}.values()
    if not last:
        return
    await conn.execute(
        """INSERT INTO timers (kind, key, subject, due_at, payload)
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
           ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at,
               payload = excluded.payload, subject = excluded.subject""",
        [timer.kind for timer in last],
        [timer.key for timer in last],
        [timer.subject for timer in last],
        [timer.due_at for timer in last],
        [timer.payload for timer in last],
    )


async def cancel(conn: Connection, *, subject: str, kind: str | None = None) -> int:
    """Remove a subject's timers, of one kind or all; how many there were."""
    removed = await conn.fetch(
        "DELETE FROM timers WHERE subject = $1 AND ($2::text IS NULL OR kind = $2) RETURNING 1",
        subject,
        kind,
    )
    return len(removed)


async def cancel_all(conn: Connection, kind: str, subjects: Collection[str]) -> None:
    """Remove the timers of one kind of all these subjects."""
    if subjects:
        await conn.execute(
            "DELETE FROM timers WHERE subject = ANY($1::text[]) AND kind = $2", subjects, kind
        )


async def armed(conn: Connection, *, subject: str) -> list[Timer]:
    rows = await conn.fetch(
        "SELECT kind, key, subject, due_at, payload FROM timers WHERE subject = $1 ORDER BY due_at",
        subject,
    )
    return [Timer(**dict(row)) for row in rows]


class TimerLoop:
    """The component that fires what is due; ``hold`` keeps everything back while it says so."""

    name = "timers"

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        handler: TimerHandler,
        hold: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handler = handler
        self._hold = hold
        self._wakeup = Wakeup()

    def wake(self) -> None:
        """Look again at once; call it after a commit that armed something."""
        self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, self.name, lambda: self._round(stop))

    async def _round(self, stop: asyncio.Event) -> None:
        while not self._hold() and await self.fire_due():
            if stop.is_set():
                return
        await self._wakeup.wait(stop, await self._seconds_to_next())

    async def fire_due(self) -> int:
        """Fire what is due by the clock, at most a batch; how many fired.

        Where the handler fails on the batch, its halves are tried by themselves, and so on; the
        timers of the subject on which it fails in the end are put off for a minute.
        """
        now = self._clock.now()
        async with self._database.transaction() as conn:
            due = await _claim(conn, now)
            failed = await self._fire(conn, due, now) if due else []
        for timer in due:
            if timer not in failed:
                _count(timer, now)
        return len(due) - len(failed)

    async def _fire(self, conn: Connection, due: Sequence[Timer], now: datetime) -> list[Timer]:
        """Those that failed."""
        if await self._handled(conn, due, now):
            return []
        subjects = list(dict.fromkeys(timer.subject for timer in due))
        if len(subjects) == 1:
            await arm(conn, [replace(timer, due_at=now + PUT_OFF) for timer in due])
            metrics.TIMERS_FAILED.inc(len(due))
            return list(due)
        half = set(subjects[: len(subjects) // 2])
        first = [timer for timer in due if timer.subject in half]
        rest = [timer for timer in due if timer.subject not in half]
        return [*await self._fire(conn, first, now), *await self._fire(conn, rest, now)]

    async def _handled(self, conn: Connection, due: Sequence[Timer], now: datetime) -> bool:
        """Whether the handler did its work; if not, nothing of it stays."""
        try:
            async with conn.transaction():
                await self._handler(conn, due, now)
        except Exception as error:
            if waiting_helps(error):
                raise
            log.exception("timers failed", subjects=sorted({timer.subject for timer in due}))
            return False
        return True

    async def _seconds_to_next(self) -> float:
        if self._hold():
            return POLL_SECONDS
        async with self._database.connection() as conn:
            due: datetime | None = await conn.fetchval("SELECT min(due_at) FROM timers")
        if due is None:
            return POLL_SECONDS
        left = (due - self._clock.now()).total_seconds()
        # Due already means another process holds the subject: look again shortly.
        return min(POLL_SECONDS, max(left, 0.02))


def _count(timer: Timer, now: datetime) -> None:
    metrics.TIMERS_FIRED.labels(timer.kind).inc()
    if now - timer.due_at > LATE:
        metrics.TIMERS_LATE.labels(timer.kind).inc()


async def _claim(conn: Connection, now: datetime) -> list[Timer]:
    """Take due timers whose subject nobody else is changing, oldest first.

    What another replica is firing is passed over: its subjects are held, and so many are looked at
    that enough are left.
    """
    subjects = await conn.fetch(
        """SELECT subject FROM (SELECT subject, due_at FROM timers WHERE due_at <= $1
                                ORDER BY due_at LIMIT $2) AS due
           GROUP BY subject ORDER BY min(due_at)""",
        now,
        BATCH * REPLICAS,
    )
    if not subjects:
        return []
    held = await conn.fetch(
        """SELECT subject FROM unnest($1::text[], $2::bigint[]) AS s(subject, number)
           WHERE pg_try_advisory_xact_lock(number) LIMIT $3""",
        [row["subject"] for row in subjects],
        [subject_number(row["subject"]) for row in subjects],
        BATCH,
    )
    rows = await conn.fetch(
        """DELETE FROM timers WHERE subject = ANY($1::text[]) AND due_at <= $2
           RETURNING kind, key, subject, due_at, payload""",
        [row["subject"] for row in held],
        now,
    )
    return sorted((Timer(**dict(row)) for row in rows), key=lambda timer: timer.due_at)
