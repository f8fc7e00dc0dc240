"""SQL for maintenance windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import (
    AlertsDuring,
    ImpactLevel,
    MaintenanceOutcome,
    MaintenanceStatus,
    Severity,
)
from tocsin_runtime.database import Connection

from incident_api.maintenance.model import COLUMNS, Window
from incident_api.rows import as_rows

_COLUMNS = ", ".join(COLUMNS)
_CHANGING = ", ".join(column for column in COLUMNS if column not in ("id", "ref", "created_at"))

_SAVE = f"""
INSERT INTO maintenance_windows ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::maintenance_windows, $1::text::jsonb)
ON CONFLICT (id) DO UPDATE SET ({_CHANGING}) =
    ({", ".join(f"EXCLUDED.{c}" for c in _CHANGING.split(", "))})
"""  # noqa: S608 — built from this file's own column names

_FIND = f"""
SELECT {_COLUMNS} FROM maintenance_windows
WHERE ($1::text[] = '{{}}' OR status = ANY($1))
  AND ($2::text IS NULL OR $2 = ANY(system_keys)
       OR clients @> jsonb_build_array(jsonb_build_object('systems', jsonb_build_array($2::text))))
  AND ($3::text IS NULL
       OR clients @> jsonb_build_array(jsonb_build_object('client_key', $3::text)))
  AND ($4::timestamptz IS NULL OR ends_at > $4)
  AND ($5::timestamptz IS NULL OR starts_at < $5)
  AND ($6::text IS NULL OR id < $6)
ORDER BY id DESC LIMIT $7
"""  # noqa: S608 — built from this file's own column names


@dataclass(frozen=True)
class Filters:
    """Each ``None`` or empty one lets everything through; ``since`` and ``until`` find windows
    that touch the time between."""

    statuses: tuple[MaintenanceStatus, ...] = ()
    system: str | None = None
    client: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def save(conn: Connection, window: Window) -> None:
    await conn.execute(_SAVE, as_rows([window]))


async def draw_ref(conn: Connection) -> str:
    number = await conn.fetchval("SELECT nextval('maintenance_ref')")
    return f"MNT-{number}"


async def next_ref(conn: Connection) -> str:
    """The reference that would be drawn next, as long as nobody else draws one."""
    number = await conn.fetchval("SELECT last_value + is_called::int FROM maintenance_ref")
    return f"MNT-{number}"


async def find(conn: Connection, id_or_ref: str) -> Window | None:
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM maintenance_windows WHERE id = $1 OR ref = upper($1)",  # noqa: S608
        id_or_ref,
    )
    return None if row is None else window_of(row)


async def lock(conn: Connection, id_or_ref: str) -> Window | None:
    """The window as it is, held until the transaction ends."""
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM maintenance_windows"  # noqa: S608
        " WHERE id = $1 OR ref = upper($1) FOR UPDATE",
        id_or_ref,
    )
    return None if row is None else window_of(row)


async def overrunning(conn: Connection) -> list[Window]:
    """Windows whose announced end has passed, the oldest first."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM maintenance_windows"  # noqa: S608
        " WHERE status = 'in_progress' AND overrun ORDER BY ends_at LIMIT 200"
    )
    return [window_of(row) for row in rows]


async def newest_first(
    conn: Connection, filters: Filters, *, after: str | None, limit: int
) -> list[Window]:
    """``after``: the id of the last one of the page before; ids are made in order of time."""
    rows = await conn.fetch(
        _FIND,
        list(filters.statuses),
        filters.system,
        filters.client,
        filters.since,
        filters.until,
        after,
        limit,
    )
    return [window_of(row) for row in rows]


def window_of(row: Mapping[str, Any]) -> Window:
    values = dict(row)
    level, outcome = values["impact_level"], values["outcome"]
    return Window(
        **values
        | {
            "status": MaintenanceStatus(values["status"]),
            "alerts": AlertsDuring(values["alerts"]),
            "impact_level": None if level is None else ImpactLevel(level),
            "outcome": None if outcome is None else MaintenanceOutcome(outcome),
            "system_keys": tuple(values["system_keys"]),
            "remind_hours_before": tuple(values["remind_hours_before"]),
            "clients": tuple(_client(client) for client in values["clients"]),
        }
    )


def _client(values: dict[str, Any]) -> AudienceClient:
    """From our own table, written from the same model: not validated again."""
    return AudienceClient.model_construct(
        **values
        | {
            "severity_entry": Severity(values["severity_entry"]),
            "systems": tuple(values["systems"]),
            "via": tuple(values["via"]),
        }
    )
