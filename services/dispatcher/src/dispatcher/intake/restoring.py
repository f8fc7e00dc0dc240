"""Who was told, from what this service itself published: for a rebuild alone.

The log holds no texts. What comes back is who hears on, by which channel, in which thread, and
whether they have what was sent; not what was still to go, which is not sent after a rebuild either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    NotificationPlanned,
    Outcome,
    OutcomesRecorded,
    SuppressionChanged,
)
from tocsin_contracts.words import DeliveryState, Kind, Severity
from tocsin_runtime.database import Connection

from dispatcher.delivery.suppression_store import THE_LONGER
from dispatcher.planning.model import ASIDE, thread_of, urgency_of

LOST = "it is not known whether it went: what was still to go was lost with the database"
ENDED = frozenset(DeliveryState) - {
    DeliveryState.PLANNED,
    DeliveryState.WAITING,
    DeliveryState.PENDING,
    DeliveryState.SENDING,
}
ARRIVED = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED})
ALONE = ASIDE | {Kind.DIGEST, *(kind for kind in Kind if kind.for_staff)}
"""Their threads hold nothing that a later message has to join."""

# Whose address the row went to is not in the log: today's takes its place.
_PLANNED = """
INSERT INTO deliveries (id, message_id, incident_id, cause_id, client_key, kind, person,
    person_name, roles, because, reader, channel, destination, thread, urgency, state, reason,
    rules, planned_at, due_at)
SELECT g.id, '', g.incident_id, g.cause_id, g.client_key, g.kind, g.person, g.person_name,
       g.roles, g.because, jsonb_build_object('person', g.person), g.channel,
       coalesce(p.labels->>g.channel, ''), g.thread || coalesce(p.labels->>g.channel, ''),
       g.urgency, g.state, g.reason, '[]', g.at, g.at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::int[], $13::text[],
            $14::text[], $15::timestamptz[]) WITH ORDINALITY
     AS g(id, incident_id, cause_id, client_key, kind, person, person_name, roles, because,
          channel, thread, urgency, state, reason, at, place)
LEFT JOIN people p ON p.client_key = coalesce(g.client_key, '') AND p.person = g.person
ORDER BY place
ON CONFLICT (id) DO NOTHING
"""
_OUTCOMES = """
UPDATE deliveries d SET state = g.state, reason = g.reason, attempts = g.attempt,
    provider_id = coalesce(g.provider_id, d.provider_id),
    accepted_at = CASE WHEN g.arrived THEN coalesce(d.accepted_at, g.at) END,
    delivered_at = CASE WHEN g.state = 'delivered' THEN g.at ELSE d.delivered_at END
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::timestamptz[],
            $7::bool[]) AS g(id, state, reason, attempt, provider_id, at, arrived)
WHERE d.id = g.id AND d.message_id = ''
"""
# The log holds no address: that of now is taken of each whose it was. What was lifted stays lifted.
_SUPPRESSED = f"""
INSERT INTO suppressions AS old (id, channel, destination, cause, reason, since, expires_at)
SELECT n.id, $4::text, n.destination, $5, $6, $7, $8
FROM (SELECT CASE WHEN row_number() OVER (ORDER BY min(g.place)) = 1 THEN $3
                  ELSE $3 || '-' || min(g.place) END AS id, p.labels->>$4::text AS destination
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS g(client_key, person, place)
      JOIN people p ON p.client_key = g.client_key AND p.person = g.person AND p.labels ? $4::text
      GROUP BY p.labels->>$4::text) AS n
WHERE NOT EXISTS (
    SELECT 1 FROM suppressions s
    WHERE s.id = n.id AND (s.lifted_at IS NOT NULL OR s.destination <> n.destination))
{THE_LONGER}"""  # noqa: S608 - a constant
_LIFTED = """
UPDATE suppressions SET lifted_at = $2, lifted_by = $3
WHERE (id = $1 OR id LIKE $1 || '-%') AND lifted_at IS NULL
"""
_THREADS = """
INSERT INTO threads (thread, root_id)
SELECT DISTINCT ON (thread) thread, provider_id FROM deliveries
WHERE id = ANY($1) AND message_id = '' AND provider_id IS NOT NULL
  AND client_key IS NOT NULL AND kind <> 'digest'
ORDER BY thread, position
ON CONFLICT (thread) DO NOTHING
"""


async def notifications(conn: Connection, events: Sequence[Event[EventData]]) -> None:
    """One batch of ``tocsin.notifications``, in its order."""
    for event in events:
        if isinstance(event.data, NotificationPlanned):
            await conn.execute(_PLANNED, *_columns(_planned(event, event.data), 15))
        elif isinstance(event.data, OutcomesRecorded):
            await _outcomes(conn, [o for o in event.data.outcomes if o.state in ENDED])
        elif isinstance(event.data, SuppressionChanged):
            await _suppression(conn, event.data)


async def _suppression(conn: Connection, data: SuppressionChanged) -> None:
    if data.lifted_at is not None:
        await conn.execute(_LIFTED, data.suppression_id, data.lifted_at, data.lifted_by)
        return
    await conn.execute(
        _SUPPRESSED,
        [one.client_key or "" for one in data.people],
        [one.person for one in data.people],
        data.suppression_id,
        data.channel.value,
        data.cause.value,
        data.detail,
        data.since,
        data.expires_at,
    )


async def _outcomes(conn: Connection, outcomes: Sequence[Outcome]) -> None:
    await conn.execute(_OUTCOMES, *_columns([_outcome(one) for one in outcomes], 7))
    arrived = [one.delivery_id for one in outcomes if one.state in ARRIVED]
    await conn.execute(_THREADS, arrived)


def _planned(event: Event[EventData], data: NotificationPlanned) -> list[tuple[Any, ...]]:
    rows = []
    for one in data.deliveries:
        ended = one.state in ENDED
        side = "alone" if data.kind in ALONE else "client"
        rows.append(
            (
                one.delivery_id,
                data.incident_id,
                data.cause_id,
                one.client_key,
                data.kind.value,
                one.person,
                one.person_name,
                list(one.roles),
                one.because,
                one.channel.value,
                thread_of(data.incident_id, side, one.channel, ""),
                urgency_of(data.kind, Severity.SEV3),
                one.state.value if ended else DeliveryState.FAILED.value,
                one.reason if ended else LOST,
                event.time,
            )
        )
    return rows


def _outcome(one: Outcome) -> tuple[Any, ...]:
    return (
        one.delivery_id,
        one.state.value,
        one.reason,
        one.attempt,
        one.provider_id,
        one.at,
        one.state in ARRIVED,
    )


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
