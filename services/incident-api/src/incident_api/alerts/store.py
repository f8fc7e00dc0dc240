"""SQL for alerts: which incident a tool's key means today, and which it meant before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from tocsin_contracts.words import Severity
from tocsin_runtime.database import Connection


@dataclass(frozen=True)
class Alert:
    """One row: an alert and its incident. ``firing`` is what the tool said last."""

    id: str
    integration: str
    dedup_key: str
    incident_id: str
    firing: bool
    severity: Severity
    title: str
    received_at: datetime
    starts_at: datetime | None = None
    resolved_at: datetime | None = None
    system_names: tuple[str, ...] = ()
    client_names: tuple[str, ...] = ()
    link: str | None = None


COLUMNS = (
    "id, integration, dedup_key, incident_id, firing, severity, title, received_at, starts_at,"
    " resolved_at, system_names, client_names, link"
)


def upsert(parameter: str) -> str:
    """A statement for rows of :class:`Alert`; it goes along with what else is written."""
    return f"""
INSERT INTO alerts ({COLUMNS}, current)
SELECT {COLUMNS}, true FROM jsonb_populate_recordset(NULL::alerts, {parameter}::text::jsonb)
ON CONFLICT (id) DO UPDATE SET
    (firing, severity, title, starts_at, resolved_at, link) =
    (EXCLUDED.firing, EXCLUDED.severity, EXCLUDED.title, EXCLUDED.starts_at,
     EXCLUDED.resolved_at, EXCLUDED.link)
"""  # noqa: S608 — built from this file's own column names


async def find_current(conn: Connection, integration: str, keys: Sequence[str]) -> dict[str, Alert]:
    """By key; a key never seen has no entry.

    Alerts change under the lock of their incident alone, and a key that two payloads bring at
    once meets the unique index.
    """
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM alerts"  # noqa: S608
        " WHERE integration = $1 AND dedup_key = ANY($2) AND current",
        integration,
        list(keys),
    )
    return {row["dedup_key"]: alert_of(row) for row in rows}


async def retire(conn: Connection, ids: Sequence[str]) -> None:
    """Their keys go on to mean another incident; they stay listed with theirs, over."""
    await conn.execute(
        "UPDATE alerts SET current = false, firing = false WHERE id = ANY($1)", list(ids)
    )


async def of_incidents(conn: Connection, incident_ids: Sequence[str]) -> dict[str, list[Alert]]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM alerts WHERE incident_id = ANY($1)"  # noqa: S608
        " ORDER BY received_at, id",
        list(incident_ids),
    )
    found: dict[str, list[Alert]] = {incident_id: [] for incident_id in incident_ids}
    for row in rows:
        found[row["incident_id"]].append(alert_of(row))
    return found


def alert_of(row: asyncpg.Record) -> Alert:
    """From a row that holds at least :data:`COLUMNS`."""
    return Alert(
        id=row["id"],
        integration=row["integration"],
        dedup_key=row["dedup_key"],
        incident_id=row["incident_id"],
        firing=row["firing"],
        severity=Severity(row["severity"]),
        title=row["title"],
        received_at=row["received_at"],
        starts_at=row["starts_at"],
        resolved_at=row["resolved_at"],
        system_names=tuple(row["system_names"]),
        client_names=tuple(row["client_names"]),
        link=row["link"],
    )
