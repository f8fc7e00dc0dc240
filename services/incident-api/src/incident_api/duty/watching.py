"""Looks at each team's duty again when its time comes: reads its calendar, or looks further ahead.

A calendar is read with no transaction open. While it cannot be read, what it last said is kept, and
marked stale.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import structlog
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for

from incident_api import metrics
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.document import TEAM, timezone_of
from incident_api.directory.duty_entries import DutyEntry
from incident_api.directory.entries import TeamEntry
from incident_api.directory.restaffing import restaff
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.duty import store
from incident_api.duty.calendar import CalendarEvent, Unreadable, events_in
from incident_api.duty.expanding import AHEAD, BACK, Reading, duty_of, reading_of, worth_telling
from incident_api.duty.fetching import Fetch, Unreachable

log = structlog.get_logger(__name__)

ACTOR = "rule:duty"
POLL_SECONDS = 1.0
AT_ONCE = 8
ROTA_EVERY = timedelta(days=1)

Said = tuple[CalendarEvent, ...] | str
"""What a calendar holds, or the clause that says why it cannot be read."""


class DutyWatch:
    """The component. ``refresh`` is how often a calendar is read."""

    name = "duty"

    def __init__(
        self,
        *,
        database: Database,
        writer: DirectoryWriter,
        clock: Clock,
        fetch: Fetch,
        refresh: timedelta,
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._fetch = fetch
        self._refresh = refresh

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, self.name, self.look_at_due)
            await wait_for(stop, POLL_SECONDS)

    async def look_at_due(self) -> int:
        """Everything whose time has come; how many teams."""
        looked = 0
        while due := await self._claim():
            await asyncio.gather(*(self._look(team) for team in due))
            looked += len(due)
        return looked

    async def _claim(self) -> list[str]:
        """Whoever dies with one leaves it to the next round."""
        now = self._clock.now()
        try:
            async with self._database.transaction() as conn:
                return await store.claim_due(conn, now, now + self._refresh, AT_ONCE)
        except asyncpg.UndefinedTableError as error:
            raise ConnectionError("the schema is not there yet") from error

    async def _look(self, team: str) -> None:
        async with self._database.connection() as conn:
            directory = await read_snapshot(conn)
        entry = directory.entries.get((TEAM.name, team))
        if not isinstance(entry, TeamEntry) or entry.duty is None:
            return  # removed meanwhile
        if entry.duty.calendar is None:
            await self._look_ahead(team)
        else:
            zone = timezone_of(directory.entries)
            await self._read(team, entry.duty, entry.duty.calendar, zone)

    async def _look_ahead(self, team: str) -> None:
        now = self._clock.now()

        async def change(conn: Connection, directory: Snapshot) -> None:
            await _tell(conn, directory, team, None, now)
            await store.look_again(conn, team, now + ROTA_EVERY)

        async with self._database.transaction() as conn:
            await restaff(conn, self._writer, change, actor=ACTOR)

    async def _read(self, team: str, duty: DutyEntry, address: str, zone: str) -> None:
        said = await self._said(team, duty, address, zone)
        now = self._clock.now()

        async def change(conn: Connection, directory: Snapshot) -> None:
            before = (await store.readings(conn, [team])).get(team)
            reading = following(before, address, said, now)
            if await _tell(conn, directory, team, reading, now):
                await store.write_reading(conn, team, reading)

        async with self._database.transaction() as conn:
            await restaff(conn, self._writer, change, actor=ACTOR)

    async def _said(self, team: str, duty: DutyEntry, address: str, zone: str) -> Said:
        now = self._clock.now()
        try:
            raw = await self._fetch(address)
            # In a thread: a calendar with many rules takes a while.
            events = await asyncio.to_thread(
                events_in, raw, duty.timezone, zone, now - BACK, now + AHEAD
            )
        except (Unreachable, Unreadable) as error:
            metrics.DUTY_READS.labels("failed").inc()
            log.warning("duty_calendar_not_read", team=team, error=str(error))
            return str(error)
        metrics.DUTY_READS.labels("read").inc()
        return events


def following(before: Reading | None, address: str, said: Said, now: datetime) -> Reading:
    """What is known of the calendar now; a failure takes nothing away."""
    if not isinstance(said, str):
        return Reading(address, said, read_at=now)
    kept = before if before is not None and before.address == address else Reading(address)
    return replace(kept, failing_since=kept.failing_since or now, failure=said)


async def _tell(
    conn: Connection, directory: Snapshot, team: str, reading: Reading | None, now: datetime
) -> bool:
    """Writes the duty where it is news. False where the team has got another one meanwhile."""
    entry = directory.entries.get((TEAM.name, team))
    if not isinstance(entry, TeamEntry) or entry.duty is None:
        return False
    if reading is not None and reading_of(entry.duty, {team: reading}, team) is None:
        return False
    found = duty_of(entry, timezone_of(directory.entries), reading, now)
    told = await store.read_duty(conn, team)
    if found is not None and worth_telling(told, found, now):
        await store.write_duty(conn, team, found)
    return True
