"""SQL for reports: counts over a span of time, and what concerns one client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.incidents.model import Incident
from incident_api.incidents.store import INCIDENT_COLUMNS, OPEN, incident_of
from incident_api.promises.model import Promised
from incident_api.reporting.counting import Questions
from incident_api.reporting.monthly import MonthFacts
from incident_api.reporting.statistics import Figures
from incident_api.timeline.promises import COLUMNS as PROMISE_COLUMNS
from incident_api.timeline.promises import promised_of

# What another one speaks for is counted with that one.
_OPEN = f"""
SELECT severity, count(*) FROM incidents AS i
WHERE {OPEN} AND NOT drill
  AND NOT EXISTS (SELECT FROM incidents WHERE id = i.parent_id AND {OPEN})
GROUP BY severity
"""  # noqa: S608 — built from the store's own words
_OPENED = "SELECT count(*) FROM incidents WHERE known_at >= $1 AND parent_id IS NULL AND NOT drill"
_FIRST = """
SELECT extract(epoch FROM p.done_at - i.known_at)::integer AS seconds, count(*)
FROM promises p JOIN incidents i ON i.id = p.incident_id
WHERE p.promise = 'first_notice' AND p.done_at IS NOT NULL AND p.due_at >= $1 AND i.known_at >= $1
  AND NOT i.drill
GROUP BY seconds
"""
_PROMISES = """
SELECT promise, state, count(*) FROM promises WHERE due_at >= $1 AND NOT drill
GROUP BY promise, state
"""
_DELIVERIES = """
SELECT d.channel, d.state, count(*) FROM deliveries d LEFT JOIN incidents i ON i.id = d.incident_id
WHERE d.planned_at >= $1 AND i.drill IS NOT TRUE
GROUP BY d.channel, d.state
"""


async def read_figures(conn: Connection, *, since: datetime) -> Figures:
    """``since`` bounds when an incident was known, a promise was due, a message was planned."""
    return Figures(
        open_by_severity={row[0]: row[1] for row in await conn.fetch(_OPEN)},
        opened=await conn.fetchval(_OPENED, since),
        first_notice_seconds={row[0]: row[1] for row in await conn.fetch(_FIRST, since)},
        promises=_nested(await conn.fetch(_PROMISES, since)),
        deliveries=_nested(await conn.fetch(_DELIVERIES, since)),
    )


def _nested(rows: Iterable[asyncpg.Record]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, state, count in rows:
        found.setdefault(name, {})[state] = count
    return found


_QUESTIONS = """
SELECT c.client_key, count(*) AS asked, count(m.answered_at) AS answered,
       count(*) FILTER (WHERE m.answered_at <= m.answer_due) AS in_time,
       count(*) FILTER (WHERE coalesce(m.answered_at, $1) > m.answer_due) AS late
FROM conversation_messages m JOIN conversations c ON c.id = m.conversation_id
JOIN incidents i ON i.id = c.incident_id
WHERE m.kind = 'question' AND ($2::text IS NULL OR c.incident_id = $2)
  AND ($3::timestamptz IS NULL OR (m.at >= $3 AND NOT i.drill))
GROUP BY c.client_key
"""


async def questions_of_incident(
    conn: Connection, incident_id: str, now: datetime
) -> dict[str, Questions]:
    """By client key; who asked nothing has no entry."""
    return _questions(await conn.fetch(_QUESTIONS, now, incident_id, None))


async def questions_since(conn: Connection, since: datetime, now: datetime) -> Questions:
    """Exercises left out."""
    found = _questions(await conn.fetch(_QUESTIONS, now, None, since)).values()
    return Questions(
        asked=sum(one.asked for one in found),
        answered=sum(one.answered for one in found),
        in_time=sum(one.in_time for one in found),
        late=sum(one.late for one in found),
    )


def _questions(rows: Iterable[asyncpg.Record]) -> dict[str, Questions]:
    return {
        row["client_key"]: Questions(row["asked"], row["answered"], row["in_time"], row["late"])
        for row in rows
    }


_OUTAGES = f"""
SELECT {", ".join(f"i.{name.strip()}" for name in INCIDENT_COLUMNS.split(","))}
FROM audience_clients a JOIN incidents i ON i.id = a.incident_id
WHERE a.client_key = $1 AND i.started_at >= $2 AND i.started_at < $3
  AND i.visibility = 'published' AND i.parent_id IS NULL AND NOT i.drill
ORDER BY i.started_at, i.id
"""  # noqa: S608 — built from our own column names
_USED = """
SELECT incident_id, systems FROM audience_clients WHERE client_key = $1 AND incident_id = ANY($2)
"""
_PROMISED = f"""
SELECT {", ".join(f"p.{name.strip()}" for name in PROMISE_COLUMNS.split(","))}, i.ref
FROM promises p JOIN incidents i ON i.id = p.incident_id
WHERE p.client_key = $1 AND p.due_at >= $2 AND p.due_at < $3 AND NOT i.drill
ORDER BY p.due_at, p.promise, i.ref
"""  # noqa: S608 — built from our own column names
_MESSAGES = """
SELECT d.channel, d.state, count(*) FROM deliveries d LEFT JOIN incidents i ON i.id = d.incident_id
WHERE d.client_key = $1 AND d.planned_at >= $2 AND d.planned_at < $3 AND i.drill IS NOT TRUE
GROUP BY d.channel, d.state
"""


async def read_month(
    conn: Connection, client_key: str, begins_at: datetime, ends_at: datetime
) -> MonthFacts:
    """Outages by when they began, promises by when they were due, messages by when planned.

    An outage that is part of another one is counted with that one.
    """
    span = (client_key, begins_at, ends_at)
    return MonthFacts(
        outages=await _outages(conn, span),
        promised=[_promised(row) for row in await conn.fetch(_PROMISED, *span)],
        deliveries=_nested(await conn.fetch(_MESSAGES, *span)),
    )


async def _outages(
    conn: Connection, span: tuple[str, datetime, datetime]
) -> list[tuple[Incident, tuple[str, ...]]]:
    found = [incident_of(row) for row in await conn.fetch(_OUTAGES, *span)]
    rows = await conn.fetch(_USED, span[0], [incident.id for incident in found])
    used = {row["incident_id"]: tuple(row["systems"]) for row in rows}
    return [(incident, used[incident.id]) for incident in found]


def _promised(row: asyncpg.Record) -> tuple[str, Promised]:
    values = dict(row)
    ref = values.pop("ref")
    return ref, promised_of(values)


@dataclass(frozen=True)
class Communication:
    """One message to one of a client's people; ``ref`` is the incident's, or the window's."""

    id: str
    incident_id: str
    ref: str | None
    title: str | None
    drill: bool
    kind: str
    person: str
    person_name: str
    channel: str
    state: str
    reason: str | None
    because: str
    planned_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None


_COMMUNICATIONS = """
SELECT d.id, d.incident_id, coalesce(i.ref, w.ref) AS ref, coalesce(i.title, w.title) AS title,
       coalesce(i.drill, false) AS drill, d.kind, d.person, d.person_name, d.channel, d.state,
       d.reason, d.because, d.planned_at, d.changed_at,
       (SELECT min(r.confirmed_at) FROM receipts r WHERE r.delivery_id = d.id) AS confirmed_at
FROM deliveries d
LEFT JOIN incidents i ON i.id = d.incident_id
LEFT JOIN maintenance_windows w ON w.id = d.incident_id
WHERE d.client_key = $1 AND ($2::text IS NULL OR d.id < $2)
ORDER BY d.id DESC LIMIT $3
"""


async def communications(
    conn: Connection, client_key: str, *, after: str | None, limit: int
) -> list[Communication]:
    """Newest first; ``after``: the id of the last one of the page before."""
    rows = await conn.fetch(_COMMUNICATIONS, client_key, after, limit)
    return [Communication(**dict(row)) for row in rows]
