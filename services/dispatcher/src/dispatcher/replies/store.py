"""SQL of what came in: once each, and what it may belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin_contracts.words import Channel, Kind, Status
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from dispatcher.planning.store import step_from_json
from dispatcher.replies.inbound import Inbound
from dispatcher.replies.matching import Candidate, Found, Known, Matched

LOOKED_BACK = timedelta(days=7)
"""How long a message may be answered that is not named: after that the sender means another."""
MOST = 20
_FACTS = """
SELECT d.position, d.id, d.client_key, d.kind, d.person, d.person_name, d.destination, d.step,
       i.id AS incident_id, i.snapshot->>'ref' AS ref, m.notice->'question'->>'id' AS question_id,
       i.snapshot->>'status' AS status, i.snapshot->>'parent_id' AS parent_id,
       CASE WHEN d.step IS NOT NULL THEN
           (SELECT t.person_name FROM takes t
            WHERE t.incident_id = d.incident_id AND NOT t.expired AND t.person <> d.person
              AND d.step->'client_keys' ? t.client_key
            ORDER BY t.taken_at DESC LIMIT 1) END AS held_by
FROM deliveries d
LEFT JOIN incidents i ON i.id = d.incident_id
LEFT JOIN messages m ON m.id = d.message_id
"""
# In the order in which they are named, the surest first; then the newest of the thread.
_NAMED = f"""{_FACTS}
WHERE d.channel = $1 AND (d.id = ANY($2) OR d.provider_id = $3
      OR d.thread IN (SELECT t.thread FROM threads t WHERE t.root_id = $3))
ORDER BY array_position($2::text[], d.id) NULLS LAST, d.position DESC LIMIT {MOST}
"""  # noqa: S608 - constants
# A test, or the question whether an address is right, speaks of nothing that anybody answers.
_SENT_THERE = f"""{_FACTS}
WHERE d.channel = $1 AND d.destination = $2 AND d.planned_at > $3
  AND d.kind NOT IN ('test', 'confirm_destination')
  AND d.state IN ('sending', 'accepted', 'delivered', 'unknown')
ORDER BY d.position DESC LIMIT {MOST}
"""


async def forget_old(conn: Connection) -> None:
    """No provider repeats what is that old."""
    await conn.execute(
        """DELETE FROM inbound WHERE id IN (
           SELECT id FROM inbound WHERE at < now() - interval '90 days' LIMIT 1000)"""
    )


async def begin(conn: Connection, inbound: Inbound, reply_id: str, sender: str) -> bool:
    """Whether it is new: the same provider's id twice is one."""
    added = await conn.fetchval(
        """INSERT INTO inbound (id, channel, provider_key, sender, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (channel, provider_key) DO NOTHING RETURNING true""",
        reply_id,
        inbound.channel.value,
        hashlib.sha256(inbound.id.encode(errors="replace")).hexdigest(),
        sender,
        inbound.at,
    )
    return bool(added)


async def is_first(conn: Connection, channel: Channel, key: str, at: datetime) -> bool:
    """Whether ``key``, for what is no message but comes in again as well, is new."""
    pressed = Inbound(id=key, channel=channel, sender="", text="", at=at)
    return await begin(conn, pressed, uuid7(), "")


async def became(conn: Connection, reply_id: str, matched: Matched, what: str) -> None:
    """For people who ask what became of it."""
    row, who = matched.row, matched.who
    await conn.execute(
        """UPDATE inbound SET became = $2, incident_id = $3, client_key = $4, person = $5,
                  delivery_id = $6 WHERE id = $1""",
        reply_id,
        what,
        row.incident_id if row else None,
        matched.client_key,
        who.person if who else None,
        row.delivery_id if row else None,
    )


async def find(conn: Connection, inbound: Inbound, label: str, now: datetime) -> Found:
    """``label`` is the digest of the sender's address."""
    channel = inbound.channel.value
    named = await _named(conn, inbound)
    sent = await conn.fetch(_SENT_THERE, channel, label, now - LOOKED_BACK)
    ids = {row["id"] for row in named}
    rows = [*named, *(row for row in sent if row["id"] not in ids)]
    people = await conn.fetch(
        """SELECT client_key, person, name FROM people
           WHERE labels->>$1 = $2 AND addresses IS NOT NULL ORDER BY client_key, person""",
        channel,
        label,
    )
    return Found(
        label=label,
        rows=[_candidate(row, named=row["id"] in ids) for row in rows],
        people=[Known(row["client_key"] or None, row["person"], row["name"]) for row in people],
    )


async def _named(conn: Connection, inbound: Inbound) -> Sequence[Mapping[str, Any]]:
    if not inbound.delivery_ids and inbound.thread is None:
        return []
    ids = list(inbound.delivery_ids[:MOST])
    found: list[Mapping[str, Any]] = await conn.fetch(
        _NAMED, inbound.channel.value, ids, inbound.thread
    )
    return found


async def remember_thread(conn: Connection, thread: str, root_id: str) -> None:
    """Where an answer goes: below what was asked."""
    await conn.execute(
        "INSERT INTO threads (thread, root_id) VALUES ($1, $2) ON CONFLICT (thread) DO NOTHING",
        thread,
        root_id,
    )


async def confirmed(conn: Connection, delivery_id: str, at: datetime) -> None:
    await conn.execute(
        "UPDATE deliveries SET confirmed_at = coalesce(confirmed_at, $2) WHERE id = $1",
        delivery_id,
        at,
    )


def _candidate(row: Mapping[str, Any], *, named: bool) -> Candidate:
    step = step_from_json(row["step"])
    return Candidate(
        delivery_id=row["id"],
        incident_id=row["incident_id"],
        client_key=row["client_key"],
        kind=Kind(row["kind"]),
        who=Known(row["client_key"], row["person"], row["person_name"]),
        destination=row["destination"],
        ref=row["ref"],
        question_id=row["question_id"],
        decides=step is not None,
        step_clients=step.client_keys if step else (),
        over=_is_over(row),
        held_by=row["held_by"] or None,
        named=named,
    )


def _is_over(row: Mapping[str, Any]) -> bool:
    return row["parent_id"] is not None or (
        row["status"] is not None and not Status(row["status"]).is_open
    )
