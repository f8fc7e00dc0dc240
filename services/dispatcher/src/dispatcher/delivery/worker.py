"""The sending half of the dispatcher: a lane a channel, one recorder, and the care of leases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tocsin_contracts import words
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for

from dispatcher import metrics
from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.port import Channel
from dispatcher.delivery import store
from dispatcher.delivery.lane import Lane
from dispatcher.delivery.model import Result
from dispatcher.delivery.notices import Notices
from dispatcher.delivery.receiving import ReceiptBook
from dispatcher.delivery.recorder import Recorder
from dispatcher.delivery.sending import Sender
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.planning.ledger import Ledger


class DeliveryWorker:
    """The component. ``lease`` is new at every start, so that a restarted process is not taken for
    the one that died."""

    name = "delivery"

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        sender: Sender,
        lease: str,
        channels: Mapping[words.Channel, Channel],
        suppressions: Suppressions,
        receipts: ReceiptBook,
        health: HealthRegistry | None = None,
        lease_seconds: float = 15,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._lease = lease
        self._lease_seconds = lease_seconds
        self._health = health
        self._held_back_until = 0.0
        self._notices = Notices()
        self._recorder = Recorder(
            database=database,
            outbox=outbox,
            clock=clock,
            lease=self._lease,
            suppressions=suppressions,
            receipts=receipts,
            recorded=self._recorded,
            busy=lambda: any(lane.in_flight for lane in self._lanes.values()),
        )
        self._lanes = {name: self._lane(channel) for name, channel in channels.items()}
        self._told: Callable[[Sequence[Result]], None] | None = None

    def on_recorded(self, told: Callable[[Sequence[Result]], None]) -> None:
        """``told`` is called with what was written, after the commit."""
        self._told = told

    def planned(self, ledger: Ledger) -> None:
        """Called after the commit of a batch that wrote rows or held some."""
        self._notices.remember(message.notice for message in ledger.messages.values())
        for name in ledger.channels_with_open_rows() & set(self._lanes):
            self._lanes[name].wake()

    def wake(self) -> None:
        """Another process planned something."""
        for lane in self._lanes.values():
            lane.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is under way is finished and recorded."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recorder.run())
            upkeep = group.create_task(self._upkeep(stop))
            lanes = [group.create_task(lane.run(stop)) for lane in self._lanes.values()]
            await asyncio.gather(*lanes)
            await upkeep
            self._recorder.close()

    async def run_due(self) -> int:
        """Send what is due by the clock, with what becomes due by that; how many rows."""
        count = 0
        await self.take_over()
        await self._recorder.flush()
        while claimed := sum([await lane.claim() for lane in self._lanes.values()]):
            count += claimed
            for lane in self._lanes.values():
                await lane.drain()
            await self._recorder.flush()
        return count

    async def take_over(self) -> None:
        """Take rows whose sender has ended; each is decided as an attempt of unknown outcome."""
        async with self._database.transaction() as conn:
            rows = await store.take_over(
                conn, lease=self._lease, lease_seconds=self._lease_seconds, held=self._held()
            )
        metrics.LEASES_EXPIRED.inc(len(rows))
        for row in rows:
            self._recorder.put(self._sender.lost(row))

    def _held(self) -> list[str]:
        lanes = [row for lane in self._lanes.values() for row in lane.held]
        return [*lanes, *self._recorder.held]

    async def _upkeep(self, stop: asyncio.Event) -> None:
        while not stop.is_set() or any(lane.in_flight for lane in self._lanes.values()):
            if not await patiently(stop, "leases", self._keep_leases):
                self._away()
            await self._pause(stop)

    async def _keep_leases(self) -> None:
        await self._renew()
        if asyncio.get_running_loop().time() >= self._held_back_until:
            await self.take_over()

    async def _pause(self, stop: asyncio.Event) -> None:
        if stop.is_set():
            await asyncio.sleep(min(0.2, self._lease_seconds / 3))
        else:
            await wait_for(stop, self._lease_seconds / 3)

    async def _renew(self) -> None:
        now = self._clock.now()
        async with self._database.connection() as conn:
            await store.renew(
                conn, lease=self._lease, lease_seconds=self._lease_seconds, held=self._held()
            )
            oldest = await store.oldest_due(conn, now)
        metrics.OLDEST_PENDING.set((now - oldest).total_seconds() if oldest else 0)

    def _away(self) -> None:
        """The database was away: others could not renew either, so leave them a whole lease."""
        self._held_back_until = asyncio.get_running_loop().time() + self._lease_seconds

    def _recorded(self, results: Sequence[Result]) -> None:
        """A thread may have a next message now, and what stands in for a row may have to go."""
        if any(result.row.fallbacks for result in results):
            self.wake()
        for name in {result.row.channel for result in results} & set(self._lanes):
            self._lanes[name].wake()
        if self._told is not None:
            self._told(results)

    def _lane(self, channel: Channel) -> Lane:
        return Lane(
            channel,
            database=self._database,
            notices=self._notices,
            sender=self._sender,
            clock=self._clock,
            lease=self._lease,
            lease_seconds=self._lease_seconds,
            done=self._recorder.put,
            away=self._away,
            behind=lambda: self._recorder.behind,
            health=self._health.of(channel.name) if self._health is not None else None,
        )
