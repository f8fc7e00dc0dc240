"""Writes down how providers do when that changes, and tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ChannelStateChanged
from tocsin_contracts.words import Channel, Circuit
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for

from dispatcher import metrics
from dispatcher.channels.health import HealthRegistry, ProviderState
from dispatcher.delivery import provider_store as store
from dispatcher.planning.announce import SOURCE

LOOK_SECONDS = 1.0
"""How late at most a change is told: many failures in a row are one."""
COUNT_EVERY = 5
CODES = {Circuit.CLOSED: 0, Circuit.PROBING: 1, Circuit.OPEN: 2}


class HealthKeeper:
    """The component. Several processes keep one list: whoever saw it change last is believed."""

    name = "provider-health"

    def __init__(
        self, database: Database, outbox: Outbox, clock: Clock, health: HealthRegistry
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._health = health
        # At first nothing: what an earlier process saw of its providers may be long past.
        self._written: dict[tuple[Channel, str], ProviderState] = {}

    async def run(self, stop: asyncio.Event) -> None:
        rounds = 0
        while not stop.is_set():
            await patiently(stop, self.name, self.flush)
            if rounds % COUNT_EVERY == 0:
                await patiently(stop, self.name, self.count)
            rounds += 1
            await wait_for(stop, LOOK_SECONDS)

    async def flush(self) -> None:
        """Write and tell what is not what was written last."""
        changed = [
            state
            for state in self._health.states()
            if self._written.get((state.channel, state.provider)) != state
        ]
        if not changed:
            return
        async with self._database.transaction() as conn:
            news = [state for state in changed if await store.note(conn, state)]
            pauses = await store.pauses(conn)
            held = {channel: pause.by for channel, pause in pauses.items()}
            now = self._clock.now()
            events = [changed_event(state, held.get(state.channel), now) for state in news]
            await self._outbox.add(conn, events)
        for state in changed:
            self._written[state.channel, state.provider] = state
            labels = (state.channel.value, state.provider)
            metrics.PROVIDER_STATE.labels(*labels).set(CODES[state.state])

    async def count(self) -> None:
        """What waits on each channel, and which are held, for those who watch the metrics."""
        async with self._database.connection() as conn:
            backlogs = await store.backlogs(conn, self._clock.now())
            pauses = await store.pauses(conn)
        for channel in Channel:
            backlog = backlogs.get(channel, store.Backlog())
            metrics.BACKLOG.labels(channel.value).set(backlog.waiting)
            metrics.PAUSED.labels(channel.value).set(channel in pauses)


def changed_event(state: ProviderState, paused_by: str | None, now: datetime) -> Event[EventData]:
    data = ChannelStateChanged(
        channel=state.channel,
        provider=state.provider,
        state=state.state,
        reason=state.reason if state.state is not Circuit.CLOSED else None,
        paused_by=paused_by,
        at=now,
    )
    return new_event(data, source=SOURCE, subject=state.channel.value, now=now)


def one_at_least(
    channel: Channel, states: Sequence[ProviderState], now: datetime
) -> list[ProviderState]:
    """A channel of which nothing was ever written down works, as far as we know."""
    own = [state for state in states if state.channel is channel]
    return own or [ProviderState(channel, "primary", Circuit.CLOSED, now)]
