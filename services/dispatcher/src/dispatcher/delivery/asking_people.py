"""What a person has to see to: a budget that is used up, a reader whom no channel reaches.

Each is said once. The consuming side knows whom to tell; a timer due now is how it hears.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ContactUnreachable
from tocsin_contracts.words import DeliveryState, Kind
from tocsin_runtime import timers
from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import new_event

from dispatcher.delivery.model import Result
from dispatcher.planning.announce import SOURCE
from dispatcher.planning.model import ASIDE

BUDGET = "budget"
UNREACHABLE = "unreachable"
UNTOLD = "untold_answer"
"""The timers' kinds; what they say is in their payload."""
ENDED = frozenset({DeliveryState.FAILED, DeliveryState.SKIPPED})
BESIDE = sorted({*ASIDE, Kind.FEEDBACK_REQUEST, Kind.DIGEST})
"""Kinds whose end says nothing of whether an outage's messages reach their reader."""

# Every row of one message to one person came to nothing, and none of them by a wish of theirs or by
# a rule: there is no address, it is suppressed, or the provider refused it. A webhook
# alone is no way to a person, and its owner is told of it otherwise. What goes beside the outage's
# course says nothing of it, nor does a call of the client's own escalation, after which comes the
# next; whom a message of it has reached since is reached.
_OUT_OF_REACH = """
SELECT d.incident_id, d.client_key, d.person, d.cause_id, max(d.person_name) AS name,
       (array_agg(d.roles ORDER BY d.position))[1] AS roles,
       array_agg(DISTINCT d.channel) AS tried,
       string_agg(d.channel || ': ' || coalesce(d.reason, 'failed'), '; ' ORDER BY d.position)
           AS reason
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
    AS w(incident_id, client_key, person, cause_id)
JOIN deliveries d ON d.incident_id = w.incident_id AND d.client_key = w.client_key
    AND d.person = w.person AND d.cause_id = w.cause_id
WHERE d.kind <> ALL($5) AND d.step IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM deliveries n
      WHERE n.incident_id = d.incident_id AND n.client_key = d.client_key AND n.person = d.person
        AND n.position > d.position AND n.kind <> ALL($5) AND n.channel <> 'webhook'
        AND n.state IN ('accepted', 'delivered'))
GROUP BY d.incident_id, d.client_key, d.person, d.cause_id
HAVING bool_and(d.state = 'failed' OR (d.state = 'skipped' AND (
           d.reason LIKE 'suppressed:%' OR d.reason LIKE '% address%'
           OR d.reason LIKE 'the channel % is not set up')))
   AND bool_or(d.channel <> 'webhook')
"""

# No row of an answer to one person has reached them, or still may.
_UNTOLD = """
SELECT d.incident_id, d.client_key, d.person, d.cause_id, max(d.person_name) AS name,
       string_agg(d.channel || ': ' || coalesce(d.reason, 'failed'), '; ' ORDER BY d.position)
           AS reason,
       max(m.notice->'question'->>'answer') AS answer
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
    AS w(incident_id, client_key, person, cause_id)
JOIN deliveries d ON d.incident_id = w.incident_id AND d.client_key = w.client_key
    AND d.person = w.person AND d.cause_id = w.cause_id
LEFT JOIN messages m ON m.id = d.message_id
WHERE d.kind = 'answered'
GROUP BY d.incident_id, d.client_key, d.person, d.cause_id
HAVING bool_and(d.state IN ('failed', 'skipped'))
"""
_FORGET = """
DELETE FROM asked_once WHERE about IN (
    SELECT about FROM asked_once WHERE at < now() - interval '90 days' LIMIT 1000)
"""


@dataclass(frozen=True)
class Told:
    """One message to one person, by the event that it tells of."""

    incident_id: str
    client_key: str
    person: str
    cause_id: str


async def ask_about_budgets(conn: Connection, results: Sequence[Result]) -> None:
    """Once for each client, channel and hour."""
    for one in results:
        row = one.row
        if not one.next.asks or row.client_key is None:
            continue
        key = f"{BUDGET}/{row.client_key}/{row.channel.value}/{one.at:%Y-%m-%dT%H}"
        if await _first(conn, key, one.at):
            said = {"client_key": row.client_key, "reason": one.next.reason}
            await _arm(conn, BUDGET, key, row.incident_id, one.at, said)


def worth_a_look(results: Sequence[Result]) -> list[Told]:
    """Those that ended in a way that may leave their reader without a word."""
    return [
        Told(one.row.incident_id, one.row.client_key, one.row.person, one.row.cause_id)
        for one in results
        if one.next.state in ENDED
        and one.row.client_key is not None
        and one.row.kind is not Kind.DIGEST
    ]


async def out_of_reach(
    conn: Connection, told: Collection[Told], now: datetime
) -> list[Event[EventData]]:
    """``contact_unreachable`` for each of whom that is true by now, once an incident and person.
    Whoever answered a question hears of those whom the answer did not reach."""
    if not told:
        return []
    await _tell_of_answers(conn, told, now)
    events = []
    for row in await conn.fetch(_OUT_OF_REACH, *_columns(told), BESIDE):
        key = f"{UNREACHABLE}/{row['incident_id']}/{row['client_key']}/{row['person']}"
        if row["name"] == "nobody" or not await _first(conn, key, now):
            continue
        data = _unreachable(row, now)
        events.append(new_event(data, source=SOURCE, subject=data.incident_id, now=now))
        said = {
            "client_key": data.client_key,
            "person": data.person,
            "name": data.person_name,
            "tried": row["tried"],
            "reason": data.reason,
        }
        await _arm(conn, UNREACHABLE, key, data.incident_id, now, said)
    return events


async def _tell_of_answers(conn: Connection, told: Collection[Told], now: datetime) -> None:
    for row in await conn.fetch(_UNTOLD, *_columns(told)):
        key = f"{UNTOLD}/{row['cause_id']}/{row['client_key']}/{row['person']}"
        if await _first(conn, key, now):
            said = {name: row[name] for name in ("client_key", "name", "reason", "answer")}
            await _arm(conn, UNTOLD, key, row["incident_id"], now, said)


def _unreachable(row: Any, now: datetime) -> ContactUnreachable:
    return ContactUnreachable(
        incident_id=row["incident_id"],
        client_key=row["client_key"],
        person=row["person"],
        person_name=row["name"],
        roles=tuple(row["roles"] or ()),
        cause_id=row["cause_id"],
        reason=row["reason"],
        at=now,
    )


def _columns(told: Collection[Told]) -> tuple[list[str], ...]:
    each = list(dict.fromkeys(told))
    return (
        [one.incident_id for one in each],
        [one.client_key for one in each],
        [one.person for one in each],
        [one.cause_id for one in each],
    )


async def forget_old(conn: Connection) -> None:
    """What was said once that long ago concerns no outage of today."""
    await conn.execute(_FORGET)


async def _first(conn: Connection, about: str, now: datetime) -> bool:
    found = await conn.fetchval(
        """INSERT INTO asked_once (about, at) VALUES ($1, $2) ON CONFLICT DO NOTHING
           RETURNING about""",
        about,
        now,
    )
    return found is not None


async def _arm(
    conn: Connection, kind: str, key: str, incident_id: str, now: datetime, said: dict[str, Any]
) -> None:
    await timers.arm(conn, [timers.Timer(kind, key, incident_id, now, said)])
