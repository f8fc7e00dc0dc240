"""One channel's stream of messages: claims due rows and sends a few at a time.

Each channel has its own, so that a provider which is slow or away delays nobody else's messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.wakeup import Wakeup

from dispatcher import metrics
from dispatcher.channels.health import ChannelHealth
from dispatcher.channels.port import Channel
from dispatcher.delivery import store
from dispatcher.delivery.model import Claimed, Result
from dispatcher.delivery.notices import Notices
from dispatcher.delivery.sending import Sender
from dispatcher.rendering.notice import Notice

BATCH = 100
POLL_SECONDS = 1.0
AHEAD = 4
"""Rows claimed for each that can be under way: enough to keep connections busy between two claims,
and no more, for what a killed process had claimed is in doubt."""


class Lane:
    def __init__(
        self,
        channel: Channel,
        *,
        database: Database,
        notices: Notices,
        sender: Sender,
        clock: Clock,
        lease: str,
        lease_seconds: float,
        done: Callable[[Result], None],
        away: Callable[[], None],
        behind: Callable[[], bool],
        health: ChannelHealth | None = None,
    ) -> None:
        """``behind``: outcomes cannot be written just now, so that nothing more should go.
        ``health``: while no provider works, rows stay where they are but for what tries one."""
        self.channel = channel
        self._database = database
        self._notices = notices
        self._sender = sender
        self._clock = clock
        self._lease = lease
        self._lease_seconds = lease_seconds
        self._done = done
        self._away = away
        self._behind = behind
        self._health = health
        self._window = min(BATCH, channel.concurrency * AHEAD)
        self._slots = asyncio.Semaphore(channel.concurrency)
        self._tasks: dict[asyncio.Task[Result | None], str] = {}
        self._wakeup = Wakeup()
        self._more = True
        self._stop = asyncio.Event()

    @property
    def in_flight(self) -> int:
        return len(self._tasks)

    @property
    def held(self) -> list[str]:
        """The rows claimed and not finished."""
        return list(self._tasks.values())

    def wake(self) -> None:
        """There may be something due."""
        self._more = True
        self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        self._stop = stop
        while not stop.is_set():
            if not await patiently(stop, f"{self.channel.name.value} deliveries", self._round):
                self._away()
            self._more = True
        await self.drain()

    async def _round(self) -> None:
        while self._more and self._room() and not self._stop.is_set():
            await self.claim()
        await self._wakeup.wait(self._stop, await self._seconds_to_next())

    async def claim(self) -> int:
        """Claim what there is room for and begin it; how many rows."""
        room = self._room()
        self._more = False
        if room == 0:
            return 0
        async with self._database.connection() as conn:
            rows = await store.claim(
                conn,
                self.channel.name,
                now=self._clock.now(),
                limit=room,
                lease=self._lease,
                lease_seconds=self._lease_seconds,
            )
            notices = await self._notices.of(conn, [row.message_id for row in rows])
            # Begun before the connection goes back, which takes a round trip.
            for row in rows:
                self._begin(row, notices.get(row.message_id))
        self._more = self._more or len(rows) == room
        return len(rows)

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _room(self) -> int:
        """How many rows to claim; none before it is worth a statement."""
        if self._behind():
            return 0
        room = self._window - self.in_flight
        if room < self._window // 2:
            return 0
        bears = self._health.room() if self._health is not None else None
        return room if bears is None else min(room, bears)

    def _begin(self, row: Claimed, notice: Notice | None) -> None:
        task = asyncio.create_task(self._send(row, notice))
        self._tasks[task] = row.id
        task.add_done_callback(self._finished)
        metrics.IN_FLIGHT.labels(self.channel.name.value).set(self.in_flight)

    async def _send(self, row: Claimed, notice: Notice | None) -> Result | None:
        async with self._slots:
            if self._stop.is_set() or self._behind():
                return self._sender.released(row)
            if row.attempt == 1:
                waited = (self._clock.now() - row.planned_at).total_seconds()
                metrics.PLAN_TO_SEND.labels(row.channel.value).observe(waited)
            return await self._sender.send(row, notice, self.channel)

    def _finished(self, task: asyncio.Task[Result | None]) -> None:
        self._tasks.pop(task, None)
        metrics.IN_FLIGHT.labels(self.channel.name.value).set(self.in_flight)
        if not task.cancelled() and (result := task.result()) is not None:
            self._done(result)
        if self._more and self._room():
            self._wakeup.set()

    async def _seconds_to_next(self) -> float:
        if self._tasks:
            return POLL_SECONDS
        now = self._clock.now()
        async with self._database.connection() as conn:
            due = await store.next_due(conn, self.channel.name, now)
        return min(POLL_SECONDS, max((due - now).total_seconds(), 0)) if due else POLL_SECONDS
