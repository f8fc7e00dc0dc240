"""SQL of absences and duties as teams are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin_contracts.staff import Absence, Duty
from tocsin_runtime.database import Connection

from incident_api.directory.presence import Presence


async def read(conn: Connection) -> Presence:
    return Presence(await _absences(conn), await _duties(conn))


async def _absences(conn: Connection) -> dict[str, tuple[Absence, ...]]:
    rows = await conn.fetch(
        "SELECT person, starts_at, ends_at, stand_in FROM absences ORDER BY person, starts_at, id"
    )
    found: dict[str, tuple[Absence, ...]] = {}
    for row in rows:
        absence = Absence(**dict(row))
        found[absence.person] = (*found.get(absence.person, ()), absence)
    return found


async def _duties(conn: Connection) -> dict[str, Duty]:
    rows = await conn.fetch("SELECT team_key, duty FROM team_duty")
    return {row["team_key"]: Duty.model_validate(row["duty"]) for row in rows}


async def write_duties(
    conn: Connection, before: Mapping[str, Duty], after: Mapping[str, Duty], look_at: datetime
) -> None:
    """Write what differs, to be looked at again at ``look_at``, and delete what is gone."""
    await conn.executemany(
        "INSERT INTO team_duty (team_key, duty, look_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (team_key) DO UPDATE SET duty = $2, look_at = $3",
        [
            (team, duty.model_dump(mode="json"), look_at)
            for team, duty in after.items()
            if before.get(team) != duty
        ],
    )
    gone = [(team,) for team in before if team not in after]
    await conn.executemany("DELETE FROM team_duty WHERE team_key = $1", gone)
    await conn.executemany("DELETE FROM duty_readings WHERE team_key = $1", gone)
