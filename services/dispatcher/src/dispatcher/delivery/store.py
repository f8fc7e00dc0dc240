"""SQL of the sending side: claim, renew, take over, record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.directory import Addresses
from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.database import Connection

from dispatcher.delivery.model import Claimed, Result
from dispatcher.gating.rules import Gated, Knowledge
from dispatcher.planning.store import step_from_json
from dispatcher.rendering.notice import Notice, Reader

# What a worker needs to know of the rows it has just leased (``leased``), in the same round trip.
_FACTS = """
SELECT l.*, m.traceparent, p.addresses, t.root_id, t.subject, s.reason AS suppressed,
       i.settled_sequence, i.acknowledged_sequence,
       CASE WHEN l.step IS NOT NULL THEN
           (SELECT jsonb_object_agg(client_key, taken_at) FROM takes
            WHERE takes.incident_id = l.incident_id) END AS takes
FROM leased l
LEFT JOIN messages m ON m.id = l.message_id
LEFT JOIN people p ON p.client_key = coalesce(l.client_key, '') AND p.person = l.person
LEFT JOIN threads t ON t.thread = l.thread
LEFT JOIN suppressions s ON s.channel = l.channel AND s.destination = l.destination
LEFT JOIN incidents i ON i.id = l.incident_id
ORDER BY l.urgency, l.position
"""
# Only the head of a thread goes: nothing of it is under way, and nothing older is still to go.
_CLAIM = f"""
WITH due AS (
    SELECT d.id FROM deliveries d
    WHERE d.channel = $1 AND d.state = 'pending' AND d.due_at <= $2
      AND NOT EXISTS (SELECT 1 FROM deliveries e
                      WHERE e.thread = d.thread AND e.position < d.position
                        AND e.state IN ('pending', 'waiting', 'sending'))
    ORDER BY d.urgency, d.due_at, d.position LIMIT $3
    FOR UPDATE OF d SKIP LOCKED
), leased AS (
    UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, lease = $4,
        lease_until = now() + make_interval(secs => $5)
    FROM due WHERE d.id = due.id RETURNING d.*
){_FACTS}"""  # noqa: S608 - constants
_TAKE_OVER = f"""
WITH gone AS (
    SELECT id FROM deliveries
    WHERE state = 'sending' AND lease_until < now() AND NOT (lease = $1 AND id = ANY($3))
    ORDER BY lease_until LIMIT 500 FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE deliveries d SET lease = $1, lease_until = now() + make_interval(secs => $2)
    FROM gone WHERE d.id = gone.id RETURNING d.*
){_FACTS}"""  # noqa: S608 - constants
_RECORD = """
WITH given AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
        $7::int[], $8::bool[], $9::bool[], $10::text[], $11::text[], $12::text[],
        $13::timestamptz[])
    AS g(id, state, reason, provider_id, due_at, attempt, doubt, tried, thread, root_id, subject,
         at)
), changed AS (
    UPDATE deliveries d SET state = g.state, reason = g.reason, attempts = g.attempt,
        provider_id = coalesce(g.provider_id, d.provider_id), thread = g.thread,
        due_at = coalesce(g.due_at, d.due_at), doubts = d.doubts + g.doubt::int,
        accepted_at = CASE WHEN g.state = 'accepted' THEN g.at END,
        lease = NULL, lease_until = NULL
    FROM given g WHERE d.id = g.id AND d.lease = $1 AND d.state = 'sending'
    RETURNING d.id
), tried AS (
    INSERT INTO attempts (delivery_id, attempt, at, state, reason, provider_id)
    SELECT g.id, g.attempt, g.at, CASE WHEN g.doubt THEN 'unknown' ELSE g.state END, g.reason,
           g.provider_id
    FROM given g JOIN changed USING (id) WHERE g.tried
), begun AS (
    INSERT INTO threads (thread, root_id, subject)
    SELECT DISTINCT ON (g.thread) g.thread, g.root_id, g.subject
    FROM given g JOIN changed USING (id) WHERE g.root_id IS NOT NULL
    ON CONFLICT (thread) DO NOTHING
)
SELECT id FROM changed
"""


async def claim(
    conn: Connection,
    channel: Channel,
    *,
    now: datetime,
    limit: int,
    lease: str,
    lease_seconds: float,
) -> list[Claimed]:
    """Lease due rows of ``channel``, most urgent first. Leases end by the database's clock."""
    rows = await conn.fetch(_CLAIM, channel.value, now, limit, lease, lease_seconds)
    return [_claimed(row) for row in rows]


async def take_over(
    conn: Connection, *, lease: str, lease_seconds: float, held: Sequence[str]
) -> list[Claimed]:
    """Lease rows whose sender has ended: nobody knows whether they were taken.

    Also those that carry our own lease and that we do not hold: the answer to a claim was lost.
    """
    rows = await conn.fetch(_TAKE_OVER, lease, lease_seconds, list(held))
    return [_claimed(row) for row in rows]


async def renew(conn: Connection, *, lease: str, lease_seconds: float, held: Sequence[str]) -> None:
    """Keep what this process holds; called well before the leases end.

    A row whose outcome is being written needs no lease any more, and waiting for it could deadlock.
    """
    await conn.execute(
        """UPDATE deliveries SET lease_until = now() + make_interval(secs => $2)
           WHERE id IN (SELECT id FROM deliveries
                        WHERE id = ANY($3) AND state = 'sending' AND lease = $1
                        FOR UPDATE SKIP LOCKED)""",
        lease,
        lease_seconds,
        list(held),
    )


async def record(conn: Connection, results: Sequence[Result], *, lease: str) -> set[str]:
    """Write what came of rows, where the lease is still ours; the ids that were written."""
    rows = await conn.fetch(
        _RECORD,
        lease,
        [result.row.id for result in results],
        [result.next.state.value for result in results],
        [result.next.reason for result in results],
        [result.next.provider_id for result in results],
        [result.next.due_at for result in results],
        [result.attempt for result in results],
        [result.next.doubt for result in results],
        [result.tried for result in results],
        [result.thread for result in results],
        [result.root_id for result in results],
        [result.subject for result in results],
        [result.at for result in results],
    )
    return {row["id"] for row in rows}


async def next_due(conn: Connection, channel: Channel, now: datetime) -> datetime | None:
    """When the next row becomes due that is not due yet."""
    due: datetime | None = await conn.fetchval(
        """SELECT min(due_at) FROM deliveries
           WHERE channel = $1 AND state = 'pending' AND due_at > $2""",
        channel.value,
        now,
    )
    return due


async def oldest_due(conn: Connection, now: datetime) -> datetime | None:
    due: datetime | None = await conn.fetchval(
        "SELECT min(due_at) FROM deliveries WHERE state = 'pending' AND due_at <= $1", now
    )
    return due


async def notices(conn: Connection, message_ids: Sequence[str]) -> dict[str, Notice]:
    rows = await conn.fetch("SELECT id, notice FROM messages WHERE id = ANY($1)", list(message_ids))
    return {row["id"]: Notice.model_validate(row["notice"]) for row in rows}


def _claimed(row: Mapping[str, Any]) -> Claimed:
    addresses = row["addresses"]
    return Claimed(
        id=row["id"],
        message_id=row["message_id"],
        incident_id=row["incident_id"],
        cause_id=row["cause_id"],
        client_key=row["client_key"],
        kind=Kind(row["kind"]),
        person=row["person"],
        channel=Channel(row["channel"]),
        destination=row["destination"],
        thread=row["thread"],
        reader=Reader.model_validate(row["reader"]),
        attempt=row["attempts"],
        doubts=row["doubts"],
        planned_at=row["planned_at"],
        addresses=Addresses.model_validate(addresses, extra="ignore") if addresses else None,
        root_id=row["root_id"],
        subject=row["subject"],
        traceparent=row["traceparent"],
        gated=Gated(
            step=step_from_json(row["step"]),
            knowledge=Knowledge(
                settled=row["settled_sequence"] or 0,
                acknowledged=row["acknowledged_sequence"] or 0,
                takes={
                    key: datetime.fromisoformat(value)
                    for key, value in (row["takes"] or {}).items()
                },
            ),
            suppressed=row["suppressed"],
        ),
    )
