"""What operators say of channels and destinations: held, let go, may be written to again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import Outbox

from dispatcher.delivery import provider_store as store
from dispatcher.delivery.health_keeper import changed_event, one_at_least
from dispatcher.delivery.listener import notify
from dispatcher.delivery.suppressing import Suppressions


class ChannelWishes:
    """While state is rebuilt from the log (not ``tells``) nobody is told."""

    def __init__(self, outbox: Outbox, suppressions: Suppressions) -> None:
        self._outbox = outbox
        self._suppressions = suppressions

    async def handle(
        self, conn: Connection, events: Sequence[Event[EventData]], now: datetime, *, tells: bool
    ) -> None:
        for event in events:
            await self._one(conn, event.data, now, tells=tells)

    async def _one(self, conn: Connection, data: EventData, now: datetime, *, tells: bool) -> None:
        if isinstance(data, e.ChannelPaused):
            await store.pause(conn, data.channel, store.Pause(data.actor, data.reason, data.at))
            await self._tell(conn, data.channel, data.actor, now, tells=tells)
        elif isinstance(data, e.ChannelResumed) and await store.resume(conn, data.channel):
            await self._tell(conn, data.channel, None, now, tells=tells)
            await notify(conn)
        elif isinstance(data, e.SuppressionLifted) and tells:
            await self._suppressions.lift(conn, data.suppression_id, now, data.actor)

    async def _tell(
        self,
        conn: Connection,
        channel: Channel,
        paused_by: str | None,
        now: datetime,
        *,
        tells: bool,
    ) -> None:
        if tells:
            states = one_at_least(channel, await store.states(conn), now)
            events = [changed_event(state, paused_by, now) for state in states]
            await self._outbox.add(conn, events)
