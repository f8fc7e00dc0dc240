"""Answers what would happen: the directory is read, everything else is played in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.simulation import SimulatedLine, SimulationAnswer
from tocsin_runtime.database import Database

from escalation.incidents.rules import CARRIES_AUDIENCE
from escalation.simulation import store
from escalation.simulation.asking import Script
from escalation.simulation.changes import changes
from escalation.simulation.lines import timeline
from escalation.simulation.playing import Cast, play
from escalation.simulation.problems import DirectoryBehind

WAIT_SECONDS = 2.0
LOOK_EVERY_SECONDS = 0.05
PLAY_SECONDS = 8.0
"""Whoever asks waits a little longer than this."""


@dataclass(frozen=True)
class Simulator:
    database: Database

    async def simulate(self, script: Script) -> SimulationAnswer:
        """Raises :class:`DirectoryBehind`, and ``Unreadable`` where the play has no end."""
        await directory_at(self.database, script.revision)
        async with self.database.transaction() as conn:
            cast = await store.cast_of(conn, audience_of(script.events))
        cast = replace(cast, has_time=_until(time.monotonic() + PLAY_SECONDS))
        return await asyncio.to_thread(answered, script, cast)


def answered(script: Script, cast: Cast) -> SimulationAnswer:
    """The timeline on ``script``'s policies, and what is different without them."""
    saved = _played(script, cast)
    if not script.policies:
        return SimulationAnswer(timeline=tuple(saved))
    other = replace(cast, directory=store.on_policies(cast.directory, script.policies))
    lines = _played(script, other)
    return SimulationAnswer(timeline=tuple(lines), changes=changes(saved, lines))


def _played(script: Script, cast: Cast) -> list[SimulatedLine]:
    return timeline(play(script.events, script.until, cast))


def audience_of(events: Sequence[Event[EventData]]) -> list[AudienceClient]:
    """Every client that is concerned at any time, once for each plan and policy it has then."""
    return [
        client
        for event in events
        if isinstance(event.data, CARRIES_AUDIENCE) and event.data.audience is not None
        for client in event.data.audience.clients
    ]


async def directory_at(database: Database, revision: int) -> None:
    """Wait a moment for ``revision``. Raises :class:`DirectoryBehind`."""
    for _ in range(int(WAIT_SECONDS / LOOK_EVERY_SECONDS)):
        async with database.connection() as conn:
            if await store.revision(conn) >= revision:
                return
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    raise DirectoryBehind


def _until(end: float) -> Callable[[], bool]:
    return lambda: time.monotonic() < end
