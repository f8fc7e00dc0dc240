"""SQL for incidents, their audiences and updates.

Rows travel as JSON (``jsonb_populate_recordset``), so that one statement writes everything a
request changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import ImpactLevel, Kind, Severity, Status, Visibility
from tocsin_runtime.database import Connection

from incident_api.alerts import store as alerts_store
from incident_api.alerts.store import Alert
from incident_api.incidents.model import COLUMNS, Incident
from incident_api.incidents.recording import Recording
from incident_api.incidents.updates import COLUMNS as UPDATE_COLUMNS
from incident_api.incidents.updates import Update
from incident_api.rows import as_rows

INCIDENT_COLUMNS = ", ".join(COLUMNS)
_CHANGING = ", ".join(column for column in COLUMNS if column not in ("id", "ref"))
_UPDATE = ", ".join(UPDATE_COLUMNS)
_AUDIENCE = (
    "client_key, client_revision, plan_key, severity_entry, own_plan_key, escalation_policy,"
    " systems, via, first_notice_due, next_update_due, closure_due, because"
)
_LINE = "id, incident_id, sequence, at, type, actor, text, event_id, data"
OPEN = "status IN ('investigating', 'identified', 'monitoring')"

# An insert that becomes an update: opened and changed incidents of a payload go in together.
_SAVE = f"""
WITH saved AS (
    INSERT INTO incidents ({INCIDENT_COLUMNS})
    SELECT {INCIDENT_COLUMNS} FROM jsonb_populate_recordset(NULL::incidents, $1::text::jsonb)
    ON CONFLICT (id) DO UPDATE SET ({_CHANGING}) =
        ({", ".join(f"EXCLUDED.{c}" for c in COLUMNS if c not in ("id", "ref"))})
), lines AS (
    INSERT INTO timeline ({_LINE})
    SELECT {_LINE} FROM jsonb_populate_recordset(NULL::timeline, $2::text::jsonb)
), audience AS (
    INSERT INTO audience_clients (incident_id, position, {_AUDIENCE})
    SELECT incident_id, position, {_AUDIENCE}
    FROM jsonb_populate_recordset(NULL::audience_clients, $3::text::jsonb)
    ON CONFLICT (incident_id, client_key) DO UPDATE SET
        (position, client_revision, plan_key, severity_entry, own_plan_key, escalation_policy,
         systems, via, first_notice_due, next_update_due, closure_due, because) =
        (EXCLUDED.position, EXCLUDED.client_revision, EXCLUDED.plan_key, EXCLUDED.severity_entry,
         EXCLUDED.own_plan_key, EXCLUDED.escalation_policy, EXCLUDED.systems, EXCLUDED.via,
         EXCLUDED.first_notice_due, EXCLUDED.next_update_due, EXCLUDED.closure_due,
         EXCLUDED.because)
), alerts AS (
    {alerts_store.upsert("$5")}
)
INSERT INTO incident_updates ({_UPDATE})
SELECT {_UPDATE} FROM jsonb_populate_recordset(NULL::incident_updates, $4::text::jsonb)
"""  # noqa: S608 — built from this file's own column names


async def save(
    conn: Connection, recordings: Sequence[Recording], alerts: Iterable[Alert] = ()
) -> None:
    """Write everything ``recordings`` gathered, outbox aside, and ``alerts``, in one statement.

    Clients that left an audience are rare and take a statement of their own.
    """
    await conn.execute(
        _SAVE,
        as_rows(recording.incident for recording in recordings),
        as_rows(line for recording in recordings for line in recording.lines),
        as_rows(row for r in recordings if r.audience_changed for row in _audience_rows(r)),
        as_rows(update for recording in recordings for update in recording.updates),
        as_rows(alerts),
    )
    for recording in recordings:
        if recording.removed_clients:
            await _remove_clients(conn, recording)


async def _remove_clients(conn: Connection, recording: Recording) -> None:
    await conn.execute(
        "DELETE FROM audience_clients WHERE incident_id = $1 AND client_key = ANY($2)",
        recording.incident.id,
        list(recording.removed_clients),
    )


def _audience_rows(recording: Recording) -> list[dict[str, Any]]:
    return [
        {**vars(client), "incident_id": recording.incident.id, "position": position}
        for position, client in enumerate(recording.clients)
    ]


async def draw_refs(conn: Connection, count: int, *, drawn: int | None = None) -> list[str]:
    """``count`` references, ``drawn`` the first; what a failed transaction drew stays unused."""
    numbers = [] if drawn is None else [drawn]
    if count > len(numbers):
        rows = await conn.fetch(
            "SELECT nextval('incident_ref') AS number FROM generate_series(1, $1)",
            count - len(numbers),
        )
        numbers += [row["number"] for row in rows]
    return [f"INC-{number}" for number in numbers]


async def next_ref(conn: Connection) -> str:
    """The reference that would be drawn next, as long as nobody else draws one."""
    number = await conn.fetchval("SELECT last_value + is_called::int FROM incident_ref")
    return f"INC-{number}"


async def release_groups(conn: Connection, ids: Sequence[str]) -> None:
    """These incidents take no further alerts of their group; another one does from now on."""
    await conn.execute("UPDATE incidents SET group_key = NULL WHERE id = ANY($1)", list(ids))


async def find(conn: Connection, id_or_ref: str) -> Incident | None:
    row = await conn.fetchrow(
        f"SELECT {INCIDENT_COLUMNS} FROM incidents WHERE id = $1 OR ref = upper($1)",  # noqa: S608
        id_or_ref,
    )
    return None if row is None else incident_of(row)


async def lock(conn: Connection, id_or_ref: str) -> Incident | None:
    """The incident as it is, held until the transaction ends."""
    row = await conn.fetchrow(
        f"SELECT {INCIDENT_COLUMNS} FROM incidents WHERE id = $1 OR ref = upper($1) FOR UPDATE",  # noqa: S608
        id_or_ref,
    )
    return None if row is None else incident_of(row)


async def lock_many(conn: Connection, ids: Iterable[str]) -> dict[str, Incident]:
    """Several at once, always in the same order, so that two payloads cannot deadlock."""
    rows = await conn.fetch(
        f"SELECT {INCIDENT_COLUMNS} FROM incidents WHERE id = ANY($1) ORDER BY id FOR UPDATE",  # noqa: S608
        list(ids),
    )
    return {row["id"]: incident_of(row) for row in rows}


async def read_audiences(
    conn: Connection, incident_ids: Sequence[str]
) -> dict[str, tuple[AudienceClient, ...]]:
    """Every id has an entry; an audience may be empty."""
    rows = await conn.fetch(
        f"SELECT incident_id, {_AUDIENCE} FROM audience_clients"  # noqa: S608
        " WHERE incident_id = ANY($1) ORDER BY incident_id, position",
        list(incident_ids),
    )
    found: dict[str, list[AudienceClient]] = {incident_id: [] for incident_id in incident_ids}
    for row in rows:
        values = dict(row)
        found[values.pop("incident_id")].append(_audience_client(values))
    return {incident_id: tuple(clients) for incident_id, clients in found.items()}


async def read_audience(conn: Connection, incident_id: str) -> tuple[AudienceClient, ...]:
    return (await read_audiences(conn, [incident_id]))[incident_id]


async def open_client_keys(conn: Connection) -> set[str]:
    """Clients in the audience of an open incident; they must not leave the directory."""
    rows = await conn.fetch(
        "SELECT DISTINCT a.client_key FROM audience_clients a JOIN incidents i"  # noqa: S608
        f" ON i.id = a.incident_id WHERE i.{OPEN}"
    )
    return {row["client_key"] for row in rows}


async def read_updates(conn: Connection, incident_id: str) -> list[Update]:
    """Oldest first."""
    rows = await conn.fetch(
        f"SELECT {_UPDATE} FROM incident_updates WHERE incident_id = $1 ORDER BY sequence, id",  # noqa: S608
        incident_id,
    )
    return [_update(row) for row in rows]


async def lock_update(conn: Connection, incident_id: str, update_id: str) -> Update | None:
    row = await conn.fetchrow(
        f"SELECT {_UPDATE} FROM incident_updates WHERE incident_id = $1 AND id = $2 FOR UPDATE",  # noqa: S608
        incident_id,
        update_id,
    )
    return None if row is None else _update(row)


async def mend_update(conn: Connection, update: Update) -> None:
    """The timeline's line of the update says the same; one without words keeps its own."""
    await conn.execute(
        "UPDATE incident_updates SET message = $2, progress = $3, occurred_at = $4,"
        " revision = $5, struck = $6, strike_reason = $7 WHERE id = $1",
        update.id,
        update.message,
        update.progress,
        update.occurred_at,
        update.revision,
        update.struck,
        update.strike_reason,
    )
    await conn.execute(
        "UPDATE timeline SET text = coalesce(nullif($3, ''), text), data = data || $4"
        " WHERE incident_id = $1 AND event_id = $2",
        update.incident_id,
        update.event_id,
        update.message,
        {"struck": True} if update.struck else {},
    )


def incident_of(row: asyncpg.Record) -> Incident:
    values = dict(row)
    level = values["impact_level"]
    return Incident(
        **values
        | {
            "severity": Severity(values["severity"]),
            "status": Status(values["status"]),
            "visibility": Visibility(values["visibility"]),
            "impact_level": None if level is None else ImpactLevel(level),
            "system_keys": tuple(values["system_keys"]),
            "client_keys": tuple(values["client_keys"]),
            "exclude_client_keys": tuple(values["exclude_client_keys"]),
            "joined_system_keys": tuple(values["joined_system_keys"]),
            "joined_client_keys": tuple(values["joined_client_keys"]),
        }
    )


def _audience_client(values: dict[str, Any]) -> AudienceClient:
    """From our own table, written from the same model: not validated again."""
    return AudienceClient.model_construct(
        **values
        | {
            "severity_entry": Severity(values["severity_entry"]),
            "systems": tuple(values["systems"]),
            "via": tuple(values["via"]),
        }
    )


def _update(row: asyncpg.Record) -> Update:
    values = dict(row)
    keys = values["client_keys"]
    return Update(
        **values
        | {
            "kind": None if values["kind"] is None else Kind(values["kind"]),
            "status": None if values["status"] is None else Status(values["status"]),
            "client_keys": None if keys is None else tuple(keys),
        }
    )
