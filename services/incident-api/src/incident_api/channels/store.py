"""SQL of suppressions and of what was said of providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.channels.model import ProviderState, Suppression, SuppressionStatus
from incident_api.rows import as_rows

_COLUMNS = ", ".join(field.name for field in fields(Suppression))
_STATE_COLUMNS = ", ".join(field.name for field in fields(ProviderState))
# A later suppression of the same destination may bear the same id; a word of the past does not
# undo a newer one.
_NOTE = f"""
INSERT INTO suppressions ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::suppressions, $1::text::jsonb)
ON CONFLICT (id) DO UPDATE SET
    (channel, cause, detail, people, since, expires_at, lifted_at, lifted_by) =
    (EXCLUDED.channel, EXCLUDED.cause, EXCLUDED.detail, EXCLUDED.people, EXCLUDED.since,
     EXCLUDED.expires_at, EXCLUDED.lifted_at, EXCLUDED.lifted_by),
    lift_asked_at = CASE WHEN EXCLUDED.since = suppressions.since
                         THEN suppressions.lift_asked_at END
WHERE (EXCLUDED.since, EXCLUDED.lifted_at IS NOT NULL)
   >= (suppressions.since, suppressions.lifted_at IS NOT NULL)
"""  # noqa: S608 — built from the model's own names
# Said later too, the name is one that was known before; only whoever is in the directory again is
# named again.
_BLANK = """
UPDATE suppressions AS s SET people = (
    SELECT jsonb_agg(CASE WHEN EXISTS (
        SELECT FROM erased_contacts AS e
        WHERE e.client_key = one->>'client_key' AND e.person = one->>'person'
          AND (s.since <= e.erased_at OR NOT EXISTS (
              SELECT FROM directory_entries AS d
              WHERE d.kind = 'client' AND d.key = e.client_key
                AND d.document->'contacts' @> jsonb_build_array(
                    jsonb_build_object('key', e.person)))))
        THEN jsonb_set(one, '{name}', '""') ELSE one END ORDER BY position)
    FROM jsonb_array_elements(s.people) WITH ORDINALITY AS found (one, position))
WHERE s.id = $1 AND s.people <> '[]'
"""
_NOTE_STATE = f"""
INSERT INTO channel_states ({_STATE_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (channel, provider) DO UPDATE SET
    (state, reason, paused_by, at) = (EXCLUDED.state, EXCLUDED.reason, EXCLUDED.paused_by,
                                      EXCLUDED.at)
WHERE EXCLUDED.at >= channel_states.at
"""  # noqa: S608 — built from the model's own names
_OF_STATUS = {
    SuppressionStatus.LIFTED: "lifted_at IS NOT NULL",
    SuppressionStatus.EXPIRED: "lifted_at IS NULL AND expires_at <= $1",
    SuppressionStatus.ACTIVE: "lifted_at IS NULL AND (expires_at IS NULL OR expires_at > $1)",
}


async def note(conn: Connection, suppression: Suppression) -> None:
    """Without the names of those who were erased since."""
    await conn.execute(_NOTE, as_rows([suppression]))
    await conn.execute(_BLANK, suppression.id)


async def newest_first(
    conn: Connection,
    now: datetime,
    *,
    statuses: Sequence[SuppressionStatus],
    channels: Sequence[str],
    client_key: str | None,
    after: str | None,
    limit: int,
) -> list[Suppression]:
    """``after``: the id of the last one of the page before."""
    wanted = " OR ".join(f"({_OF_STATUS[one]})" for one in statuses or tuple(SuppressionStatus))
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM suppressions WHERE ({wanted})"  # noqa: S608
        " AND ($2::text[] = '{}' OR channel = ANY($2))"
        " AND ($3::jsonb IS NULL OR people @> $3) AND ($4::text IS NULL OR id < $4)"
        " ORDER BY id DESC LIMIT $5",
        now,
        list(channels),
        None if client_key is None else [{"client_key": client_key}],
        after,
        limit,
    )
    return [_suppression(row) for row in rows]


async def lock(conn: Connection, suppression_id: str) -> Suppression | None:
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM suppressions WHERE id = $1 FOR UPDATE",  # noqa: S608
        suppression_id,
    )
    return None if row is None else _suppression(row)


async def note_lift_asked(conn: Connection, suppression_id: str, by: str, now: datetime) -> None:
    await conn.execute(
        "UPDATE suppressions SET lift_asked_at = $2, lift_asked_by = $3 WHERE id = $1",
        suppression_id,
        now,
        by,
    )


async def forget(conn: Connection, client_key: str, person: str) -> None:
    """The suppression holds no address; the name goes."""
    await conn.execute(
        "UPDATE suppressions SET people = (SELECT jsonb_agg("
        " CASE WHEN one->>'client_key' = $1 AND one->>'person' = $2"
        "      THEN jsonb_set(one, '{name}', '\"\"') ELSE one END)"
        " FROM jsonb_array_elements(people) AS one)"
        " WHERE people @> jsonb_build_array(jsonb_build_object("
        "  'client_key', $1::text, 'person', $2::text))",
        client_key,
        person,
    )


async def note_state(conn: Connection, state: ProviderState) -> None:
    await conn.execute(
        _NOTE_STATE,
        state.channel,
        state.provider,
        state.state,
        state.reason,
        state.paused_by,
        state.at,
    )


async def states(conn: Connection) -> list[ProviderState]:
    rows = await conn.fetch(f"SELECT {_STATE_COLUMNS} FROM channel_states")  # noqa: S608
    return [ProviderState(**dict(row)) for row in rows]


def _suppression(row: asyncpg.Record) -> Suppression:
    values = dict(row)
    return Suppression(**values | {"people": tuple(values["people"])})


async def refused(conn: Connection, now: datetime) -> dict[tuple[str, str, str], str]:
    """By client, person and channel: why nothing is sent there at present.

    The client of the provider's own people is "".
    """
    rows = await conn.fetch(
        f"""SELECT coalesce(p->>'client_key', '') AS client_key, p->>'person' AS person,
                   channel, detail
            FROM suppressions, jsonb_array_elements(people) AS p
            WHERE {_OF_STATUS[SuppressionStatus.ACTIVE]}""",  # noqa: S608 — constants
        now,
    )
    return {(row["client_key"], row["person"], row["channel"]): row["detail"] for row in rows}
