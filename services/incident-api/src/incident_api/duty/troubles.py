"""Duty calendars that need a person: unreadable, or with somebody on duty whom nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.staff import AccountTeam
from tocsin_runtime.database import Connection

from incident_api.directory.document import TEAM
from incident_api.directory.entries import TeamEntry
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.duty import store
from incident_api.duty.expanding import Reading, reading_of
from incident_api.duty.standing import Team, uncovered_events


@dataclass(frozen=True)
class Trouble:
    """``detail`` is one sentence with the way out."""

    team_key: str
    since: datetime
    detail: str


async def duty_troubles(conn: Connection) -> list[Trouble]:
    directory = await read_snapshot(conn)
    readings = await store.readings(conn)
    return [one for team in _teams(directory, readings) for one in troubles_of(team)]


def troubles_of(team: Team) -> Iterator[Trouble]:
    reading, key = team.reading, team.entry.key
    if reading is None:
        return
    if reading.failing_since is not None:
        yield Trouble(key, reading.failing_since, _unread(key, reading))
    if reading.read_at is not None:
        missing = uncovered_events(team, reading, reading.read_at)
        if missing:
            yield Trouble(key, reading.read_at, _unknown(key, missing))


def _unread(key: str, reading: Reading) -> str:
    last = (
        "nobody is on duty by it"
        if reading.read_at is None
        else f"whom it named at {reading.read_at:%d %B, %H:%M} UTC is still called"
    )
    return (
        f"The duty calendar of '{key}' cannot be read: {reading.failure}; {last}."
        f" Put its address right with PUT /v1/account-teams/{key}."
    )


def _unknown(key: str, titles: tuple[str, ...]) -> str:
    some = ", ".join(f'"{title}"' for title in titles[:3])
    more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
    return (
        f"The duty calendar of '{key}' names nobody of the team in {some}{more}, and nobody else is"
        " on duty then: invite somebody there by their email, or write their name in the title."
    )


def _teams(directory: Snapshot, readings: dict[str, Reading]) -> Iterator[Team]:
    for key in sorted(readings):
        entry = directory.entries.get((TEAM.name, key))
        told = directory.documents.get((TEAM.name, key))
        if isinstance(entry, TeamEntry) and isinstance(told, AccountTeam) and entry.duty:
            yield Team(entry, told, reading_of(entry.duty, readings, key))
