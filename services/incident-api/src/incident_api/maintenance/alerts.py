"""SQL for alerts that a window keeps quiet: kept, without an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.words import AlertsDuring
from tocsin_runtime.database import Connection

from incident_api.maintenance.during import Running
from incident_api.rows import as_rows


@dataclass(frozen=True)
class QuietAlert:
    """``alert`` is what the tool sent, JSON-ready, in ``format``; ``incident_id`` is set if it
    still fired when the work was over."""

    integration: str
    dedup_key: str
    window_id: str
    firing: bool
    title: str
    severity: str
    alert: Mapping[str, Any]
    format: str
    actor: str
    received_at: datetime
    repeated_at: datetime
    resolved_at: datetime | None = None
    incident_id: str | None = None


_COLUMNS = ", ".join(QuietAlert.__dataclass_fields__)
_KEEP = f"""
INSERT INTO maintenance_alerts ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::maintenance_alerts, $1::text::jsonb)
ON CONFLICT (window_id, integration, dedup_key) DO UPDATE SET
    (firing, title, severity, alert, format, actor, repeated_at, resolved_at) =
    (true, EXCLUDED.title, EXCLUDED.severity, EXCLUDED.alert, EXCLUDED.format, EXCLUDED.actor,
     EXCLUDED.repeated_at, NULL)
"""  # noqa: S608 — built from this file's own column names
_NEWEST = f"""
SELECT {_COLUMNS} FROM maintenance_alerts
WHERE window_id = $1
  AND ($2::timestamptz IS NULL OR (received_at, integration, dedup_key) < ($2, $3, $4))
ORDER BY received_at DESC, integration DESC, dedup_key DESC LIMIT $5
"""  # noqa: S608 — built from this file's own column names

IN_PROGRESS = "status = 'in_progress'"


async def keep(conn: Connection, alerts: Sequence[QuietAlert]) -> None:
    await conn.execute(_KEEP, as_rows(alerts))


async def resolved(conn: Connection, integration: str, keys: Sequence[str], now: datetime) -> None:
    await conn.execute(
        """UPDATE maintenance_alerts SET firing = false, resolved_at = $3
           WHERE integration = $1 AND dedup_key = ANY($2) AND firing""",
        integration,
        list(keys),
        now,
    )


async def lock_firing(conn: Connection, window_id: str) -> list[QuietAlert]:
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM maintenance_alerts WHERE window_id = $1 AND firing"  # noqa: S608
        " ORDER BY integration, received_at, dedup_key FOR UPDATE",
        window_id,
    )
    return [QuietAlert(**dict(row)) for row in rows]


async def taken(conn: Connection, alert: QuietAlert, incident_id: str | None) -> None:
    """From now on it is an alert as any other."""
    await conn.execute(
        """UPDATE maintenance_alerts SET firing = false, incident_id = $4
           WHERE window_id = $1 AND integration = $2 AND dedup_key = $3""",
        alert.window_id,
        alert.integration,
        alert.dedup_key,
        incident_id,
    )


async def newest_first(
    conn: Connection, window_id: str, *, after: tuple[datetime, str, str] | None, limit: int
) -> list[QuietAlert]:
    moment, integration, key = after or (None, None, None)
    rows = await conn.fetch(_NEWEST, window_id, moment, integration, key, limit)
    return [QuietAlert(**dict(row)) for row in rows]


async def running(conn: Connection) -> tuple[Running, ...]:
    """Windows in progress, the oldest first."""
    rows = await conn.fetch(
        "SELECT id, ref, system_keys, alerts, ends_at FROM maintenance_windows"  # noqa: S608
        f" WHERE {IN_PROGRESS} ORDER BY id"
    )
    return tuple(running_of(dict(row)) for row in rows)


def running_of(values: Mapping[str, Any]) -> Running:
    return Running(
        id=values["id"],
        ref=values["ref"],
        system_keys=tuple(values["system_keys"]),
        alerts=AlertsDuring(values["alerts"]),
        ends_at=values["ends_at"],
    )
