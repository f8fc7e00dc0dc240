"""SQL of what duty calendars said, of when to look at each again, and of their feeds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from tocsin_contracts.staff import Duty
from tocsin_runtime.database import Connection

from incident_api import metrics
from incident_api.duty.calendar import CalendarEvent
from incident_api.duty.expanding import Reading

_EVENTS: TypeAdapter[tuple[CalendarEvent, ...]] = TypeAdapter(tuple[CalendarEvent, ...])


async def read_duty(conn: Connection, team: str) -> Duty | None:
    row = await conn.fetchrow("SELECT duty FROM team_duty WHERE team_key = $1", team)
    return None if row is None else Duty.model_validate(row["duty"])


async def write_duty(conn: Connection, team: str, duty: Duty) -> None:
    await conn.execute(
        "UPDATE team_duty SET duty = $2 WHERE team_key = $1", team, duty.model_dump(mode="json")
    )


async def claim_due(
    conn: Connection, now: datetime, look_again_at: datetime, most: int
) -> list[str]:
    """Teams whose duty is to be looked at now; nobody else looks before ``look_again_at``."""
    rows = await conn.fetch(
        """UPDATE team_duty SET look_at = $2 WHERE team_key IN (
               SELECT team_key FROM team_duty WHERE look_at <= $1
               ORDER BY look_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING team_key""",
        now,
        look_again_at,
        most,
    )
    return sorted(row["team_key"] for row in rows)


async def look_again(conn: Connection, team: str, at: datetime) -> None:
    await conn.execute("UPDATE team_duty SET look_at = $2 WHERE team_key = $1", team, at)


async def readings(conn: Connection, teams: Iterable[str] | None = None) -> dict[str, Reading]:
    """By team; of all, or of those named."""
    rows = await conn.fetch(
        "SELECT team_key, address, events, read_at, failing_since, failure FROM duty_readings"
        " WHERE $1::text[] IS NULL OR team_key = ANY($1)",
        None if teams is None else list(teams),
    )
    return {row["team_key"]: _reading(row) for row in rows}


def _reading(row: Any) -> Reading:
    return Reading(
        address=row["address"],
        events=_EVENTS.validate_python(row["events"]),
        read_at=row["read_at"],
        failing_since=row["failing_since"],
        failure=row["failure"],
    )


async def write_reading(conn: Connection, team: str, reading: Reading) -> None:
    await conn.execute(
        "INSERT INTO duty_readings (team_key, address, events, read_at, failing_since, failure)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (team_key) DO UPDATE SET"
        " (address, events, read_at, failing_since, failure) = ($2, $3, $4, $5, $6)",
        team,
        reading.address,
        _EVENTS.dump_python(reading.events, mode="json"),
        reading.read_at,
        reading.failing_since,
        reading.failure,
    )


async def count_failing(conn: Connection) -> None:
    """For housekeeping, in every process: whichever is asked says the same."""
    metrics.DUTY_STALE.set(
        await conn.fetchval("SELECT count(*) FROM duty_readings WHERE failing_since IS NOT NULL")
    )


async def write_feed(
    conn: Connection, team: str, digest: bytes, *, actor: str, now: datetime
) -> None:
    """In place of the one there was."""
    await conn.execute(
        "INSERT INTO duty_feeds (team_key, digest, created_at, created_by)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (team_key) DO UPDATE SET"
        " (digest, created_at, created_by) = ($2, $3, $4)",
        team,
        digest,
        now,
        actor,
    )


async def end_feed(conn: Connection, team: str) -> bool:
    ended = await conn.fetch("DELETE FROM duty_feeds WHERE team_key = $1 RETURNING 1", team)
    return bool(ended)


async def team_of_feed(conn: Connection, digest: bytes) -> str | None:
    found: str | None = await conn.fetchval(
        "SELECT team_key FROM duty_feeds WHERE digest = $1", digest
    )
    return found
