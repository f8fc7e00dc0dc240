"""SQL for what a payload needs to know before anything is decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.alerts.store import COLUMNS, Alert, alert_of, find_current
from incident_api.auth.actor import Scope
from incident_api.auth.store import Key
from incident_api.directory.snapshot import State
from incident_api.incidents.store import OPEN
from incident_api.maintenance.alerts import IN_PROGRESS, running, running_of
from incident_api.maintenance.during import Running
from incident_api.sources.model import IncomingAlert, Parsed


@dataclass(frozen=True)
class Found:
    """Alerts by key, and the open incidents that alerts of the groups join.

    ``number`` is drawn for the incident to open, where nothing is known and something fires.
    ``kin`` are the incidents that speak for those of the alerts and groups, and the open ones that
    later ones of the same systems become part of, as far as ``roots`` were asked for.
    ``windows`` are those of planned work in progress, ``quiet`` the keys that one keeps quiet.
    """

    alerts: dict[str, Alert]
    shared: list[str]
    number: int | None = None
    kin: tuple[str, ...] = ()
    roots: frozenset[str] = frozenset()
    windows: tuple[Running, ...] = ()
    quiet: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        return not self.alerts and not self.shared and not self.kin


@dataclass(frozen=True)
class Start:
    """Whose key it is, the directory's state, and what is known of the payload."""

    key: Key | None
    state: State | None
    found: Found


_ALERT = ", ".join(f"a.{column.strip()}" for column in COLUMNS.split(","))

# Whose key it is, where the directory stands and which alerts are known: one trip instead of
# three. Most payloads of an outage find nothing and open an incident, so its number comes along.
_START = f"""
WITH k AS MATERIALIZED (
    SELECT * FROM api_keys WHERE digest = $1 AND revoked_at IS NULL
), known AS MATERIALIZED (
    SELECT alerts.id FROM alerts, k
    WHERE integration = k.name AND dedup_key = ANY($2) AND current
), shared AS MATERIALIZED (
    SELECT incidents.id FROM incidents, k
    WHERE group_key IN (SELECT k.name || ':' || g FROM unnest($3::text[]) AS g) AND {OPEN}
), kin AS MATERIALIZED (
    SELECT parent_id AS id FROM incidents
    WHERE parent_id IS NOT NULL
      AND id IN (SELECT incident_id FROM alerts WHERE id IN (SELECT id FROM known)
                 UNION ALL SELECT id FROM shared)
    UNION
    SELECT incidents.id FROM incidents, k WHERE root_key = ANY($5) AND {OPEN}
)
SELECT found.what, found.value, {_ALERT},
       k.id AS k_id, k.name AS k_name, k.prefix, k.scopes, k.created_at AS k_created_at,
       k.created_by, k.expires_at, k.last_used_at,
       s.revision, s.comparison_key, s.defaults_digest, s.defaults_revision,
       s.written_revision
FROM (
    SELECT 'key' AS what, id AS value FROM k
    UNION ALL SELECT 'alert', id FROM known
    UNION ALL SELECT 'shared', id FROM shared
    UNION ALL SELECT 'kin', id FROM kin
    UNION ALL SELECT 'window', to_jsonb(w)::text FROM (
        SELECT id, ref, system_keys, alerts, ends_at FROM maintenance_windows WHERE {IN_PROGRESS}
    ) AS w
    UNION ALL SELECT 'quiet', dedup_key FROM maintenance_alerts, k
              WHERE integration = k.name AND dedup_key = ANY($2) AND firing
    UNION ALL SELECT 'number', nextval('incident_ref')::text FROM k
              WHERE $4 AND NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM shared)
) AS found
LEFT JOIN alerts AS a ON found.what = 'alert' AND a.id = found.value
LEFT JOIN k ON found.what = 'key'
LEFT JOIN directory_state AS s ON found.what = 'key'
"""  # noqa: S608 — built from the stores' own column names


async def start(conn: Connection, digest: bytes, parsed: Parsed) -> Start:
    alerts = [alert for alert in parsed if isinstance(alert, IncomingAlert)]
    groups = {alert.join_key for alert in alerts if alert.join_key is not None}
    fires = any(alert.status == "firing" for alert in alerts)
    roots = likely_roots(alerts)
    rows = await conn.fetch(
        _START, digest, list({alert.key for alert in alerts}), list(groups), fires, list(roots)
    )
    mine = next((row for row in rows if row["what"] == "key"), None)
    if mine is None:
        return Start(None, None, Found({}, []))
    return Start(_key(mine), _state(mine), _found(rows, roots))


def likely_roots(alerts: Iterable[IncomingAlert]) -> frozenset[str]:
    """What the root of each alert's incident will most likely be, before the directory is asked.

    One system is its own root; several are one together where none rests on another.
    """
    found: set[str] = set()
    for alert in alerts:
        names = sorted({name.lower() for name in alert.systems}) if alert.status == "firing" else []
        found.update(names)
        found.add(",".join(names))
    return frozenset(found - {""})


def _found(rows: Iterable[asyncpg.Record], roots: frozenset[str]) -> Found:
    return Found(
        alerts={row["dedup_key"]: alert_of(row) for row in rows if row["what"] == "alert"},
        shared=[row["value"] for row in rows if row["what"] == "shared"],
        number=next((int(row["value"]) for row in rows if row["what"] == "number"), None),
        kin=tuple(row["value"] for row in rows if row["what"] == "kin"),
        roots=roots,
        windows=tuple(_window(row["value"]) for row in rows if row["what"] == "window"),
        quiet=frozenset(row["value"] for row in rows if row["what"] == "quiet"),
    )


def _window(text: str) -> Running:
    values = json.loads(text)
    return running_of(values | {"ends_at": datetime.fromisoformat(values["ends_at"])})


def _key(row: asyncpg.Record) -> Key:
    return Key(
        id=row["k_id"],
        name=row["k_name"],
        prefix=row["prefix"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
        created_at=row["k_created_at"],
        created_by=row["created_by"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )


def _state(row: asyncpg.Record) -> State | None:
    if row["revision"] is None:
        return None
    return State(
        revision=row["revision"],
        comparison_key=row["comparison_key"],
        defaults_digest=row["defaults_digest"],
        defaults_revision=row["defaults_revision"],
        written_revision=row["written_revision"],
    )


async def open_of_groups(conn: Connection, groups: Sequence[str]) -> list[str]:
    """Ids of the open incidents that alerts of these groups join."""
    rows = await conn.fetch(
        f"SELECT id FROM incidents WHERE group_key = ANY($1) AND {OPEN}",  # noqa: S608
        list(groups),
    )
    return [row["id"] for row in rows]


async def parents_of(conn: Connection, incident_ids: Sequence[str]) -> list[str]:
    rows = await conn.fetch(
        "SELECT DISTINCT parent_id FROM incidents WHERE id = ANY($1) AND parent_id IS NOT NULL",
        list(incident_ids),
    )
    return [row["parent_id"] for row in rows]


async def holders_of(conn: Connection, roots: Iterable[str]) -> list[str]:
    """Ids of the open incidents that later ones of these roots become part of."""
    rows = await conn.fetch(
        f"SELECT id FROM incidents WHERE root_key = ANY($1) AND {OPEN}",  # noqa: S608
        list(roots),
    )
    return [row["id"] for row in rows]


async def found_of(conn: Connection, integration: str, alerts: Sequence[IncomingAlert]) -> Found:
    """What :func:`start` finds, for alerts that come without a key of their own."""
    keys = list({alert.key for alert in alerts})
    groups = {f"{integration}:{a.join_key}" for a in alerts if a.join_key is not None}
    known = await find_current(conn, integration, keys)
    shared = await open_of_groups(conn, list(groups))
    mine = [*(alert.incident_id for alert in known.values()), *shared]
    return Found(
        alerts=known,
        kin=tuple(await parents_of(conn, mine)),
        shared=shared,
        windows=await running(conn),
    )
