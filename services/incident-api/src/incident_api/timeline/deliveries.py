"""SQL for the copy of what the dispatcher planned and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from tocsin_contracts.words import DeliveryState
from tocsin_runtime.database import Connection

from incident_api.rows import as_rows
from incident_api.timeline import feedback_store


@dataclass(frozen=True)
class Delivery:
    """One message to one destination; ``cause_id`` is the event that it tells of.

    ``client_key`` is ``None`` for a message to staff. ``confirmed_at`` is when its reader said that
    they had it, ``confirmed_by`` where; they are no columns of it.
    """

    id: str
    incident_id: str
    cause_id: str
    kind: str
    client_key: str | None
    person: str
    person_name: str
    roles: tuple[str, ...]
    channel: str
    state: str
    reason: str | None
    because: str
    attempt: int
    provider_id: str | None
    planned_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None


SETTLED = (
    DeliveryState.DELIVERED,
    DeliveryState.FAILED,
    DeliveryState.SKIPPED,
    DeliveryState.SUPERSEDED,
)
HANDED_OVER = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


def _quoted(states: Sequence[DeliveryState]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def _rank(delivery: Delivery) -> tuple[int, int]:
    known = 2 if delivery.state in SETTLED else int(delivery.state in HANDED_OVER)
    return known, delivery.attempt


def _follows(known: Delivery, outcome: Delivery) -> bool:
    """The same as the statement says of what was known before."""
    if known.state == DeliveryState.SKIPPED and outcome.attempt > known.attempt:
        return True
    if known.state in HANDED_OVER and outcome.state == DeliveryState.PENDING:
        return outcome.attempt >= known.attempt
    return _rank(known) <= _rank(outcome)


_COLUMNS = (
    "id, incident_id, cause_id, kind, client_key, person, person_name, roles, channel, state,"
    " reason, because, attempt, provider_id, planned_at, changed_at"
)

# What was planned says who and why; what became of it, known already or later, says the rest.
_PLANNED = f"""
INSERT INTO deliveries ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::deliveries, $1::text::jsonb)
ON CONFLICT (id) DO UPDATE SET
    (person_name, roles, because, planned_at) =
    (EXCLUDED.person_name, EXCLUDED.roles, EXCLUDED.because, EXCLUDED.planned_at)
"""  # noqa: S608 — built from this file's own column names

# By what is known for good, then by attempt: clocks of two processes say nothing of the order.
# Two go back: what was thought needless is sent after all, once the message that it stands in for
# came back; and what was taken and reached nobody (a call not answered) is tried again.
_RANKS = f"""
CASE WHEN {{row}}.state IN ({_quoted(SETTLED)}) THEN 2
     WHEN {{row}}.state IN ({_quoted(HANDED_OVER)}) THEN 1 ELSE 0 END, {{row}}.attempt
"""
_OUTCOMES = f"""
INSERT INTO deliveries ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::deliveries, $1::text::jsonb)
ON CONFLICT (id) DO UPDATE SET
    (state, reason, attempt, provider_id, changed_at) =
    (EXCLUDED.state, EXCLUDED.reason, EXCLUDED.attempt,
     coalesce(EXCLUDED.provider_id, deliveries.provider_id), EXCLUDED.changed_at)
WHERE ({_RANKS.format(row="deliveries")}) <= ({_RANKS.format(row="EXCLUDED")})
   OR (deliveries.state = '{DeliveryState.SKIPPED}' AND EXCLUDED.attempt > deliveries.attempt)
   OR (deliveries.state IN ({_quoted(HANDED_OVER)}) AND EXCLUDED.state = '{DeliveryState.PENDING}'
       AND EXCLUDED.attempt >= deliveries.attempt)
"""  # noqa: S608 — built from this file's own words

_ERASED = """
INSERT INTO erased_contacts (client_key, person, erased_at) VALUES ($1, $2, $3)
ON CONFLICT (client_key, person) DO UPDATE SET erased_at = EXCLUDED.erased_at
"""
_BLANK = """
UPDATE deliveries AS d
SET person_name = '', reason = replace(d.reason, d.person_name, 'this person')
FROM erased_contacts AS e
WHERE d.client_key = e.client_key AND d.person = e.person AND d.planned_at <= e.erased_at
"""
_BLANK_OF_PERSON = f"{_BLANK} AND e.client_key = $1 AND e.person = $2"
_BLANK_OF_DELIVERIES = f"{_BLANK} AND d.id = ANY($1)"


# One receipt at most: the first of the person whom the message was for.
_WITH_RECEIPTS = f"""
SELECT {", ".join(f"d.{name.strip()}" for name in _COLUMNS.split(","))},
       r.confirmed_at, r.source AS confirmed_by
FROM deliveries d
LEFT JOIN LATERAL (
    SELECT confirmed_at, source FROM receipts
    WHERE delivery_id = d.id ORDER BY confirmed_at LIMIT 1
) AS r ON true
"""  # noqa: S608 — built from this file's own column names


async def note_planned(conn: Connection, planned: Sequence[Delivery]) -> None:
    """Without the names of those who were erased since: a topic remembers for longer."""
    await conn.execute(_PLANNED, as_rows(planned))
    await conn.execute(_BLANK_OF_DELIVERIES, [delivery.id for delivery in planned])


async def note_outcomes(conn: Connection, outcomes: Sequence[Delivery]) -> None:
    """The newest outcome of each delivery; an older one never replaces it."""
    newest: dict[str, Delivery] = {}
    for outcome in outcomes:
        known = newest.get(outcome.id)
        if known is None or _follows(known, outcome):
            newest[outcome.id] = outcome
    await conn.execute(_OUTCOMES, as_rows(newest.values()))


async def forget_person(conn: Connection, client_key: str, person: str, now: datetime) -> None:
    """What they were sent until ``now`` stays, without their name."""
    await conn.execute(_ERASED, client_key, person, now)
    await conn.execute(_BLANK_OF_PERSON, client_key, person)
    await feedback_store.forget(conn, client_key, person)


async def of_incident(
    conn: Connection, incident_id: str, *, after: str | None, limit: int
) -> list[Delivery]:
    """Newest first; ``after``: the id of the last one of the page before."""
    rows = await conn.fetch(
        f"{_WITH_RECEIPTS} WHERE d.incident_id = $1"
        " AND ($2::text IS NULL OR d.id < $2) ORDER BY d.id DESC LIMIT $3",
        incident_id,
        after,
        limit,
    )
    return [_delivery(row) for row in rows]


async def find(conn: Connection, delivery_id: str) -> Delivery | None:
    row = await conn.fetchrow(f"{_WITH_RECEIPTS} WHERE d.id = $1", delivery_id)
    return None if row is None else _delivery(row)


async def of_ids(conn: Connection, ids: Sequence[str]) -> list[Delivery]:
    rows = await conn.fetch(f"{_WITH_RECEIPTS} WHERE d.id = ANY($1) ORDER BY d.id", list(ids))
    return [_delivery(row) for row in rows]


def _delivery(row: asyncpg.Record) -> Delivery:
    values = dict(row)
    return Delivery(**values | {"roles": tuple(values["roles"])})
