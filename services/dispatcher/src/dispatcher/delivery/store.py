"""SQL of the sending side: claim, renew, take over, record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection

from dispatcher.delivery.claims import CLAIM, TAKE_OVER, claimed, kinds
from dispatcher.delivery.model import Claimed, Result
from dispatcher.planning.model import AFTER_THE_END
from dispatcher.rendering.notice import Notice

# HASTENED: its limits were lifted while it was asked about, so that it does not wait for them.
_RECORD = """
WITH given AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
        $7::int[], $8::bool[], $9::bool[], $10::text[], $11::text[], $12::text[],
        $13::timestamptz[], $14::bool[])
    AS g(id, state, reason, provider_id, due_at, attempt, doubt, tried, thread, root_id, subject,
         at, limited)
), changed AS (
    UPDATE deliveries d SET
        state = CASE WHEN HASTENED THEN 'pending' ELSE g.state END,
        due_at = CASE WHEN HASTENED THEN g.at ELSE coalesce(g.due_at, d.due_at) END,
        reason = g.reason, attempts = g.attempt, thread = g.thread,
        provider_id = coalesce(g.provider_id, d.provider_id), doubts = d.doubts + g.doubt::int,
        accepted_at = CASE WHEN g.state = 'accepted' THEN g.at END,
        lease = NULL, lease_until = NULL
    FROM given g WHERE d.id = g.id AND d.lease = $1 AND d.state = 'sending'
    RETURNING d.id, d.heard IS NOT NULL AS heard
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
SELECT id, heard FROM changed
""".replace("HASTENED", "g.state = 'waiting' AND g.limited AND d.limits IS NULL")


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
    rows = await conn.fetch(CLAIM, channel.value, now, limit, lease, lease_seconds)
    return [claimed(row) for row in rows]


async def take_over(
    conn: Connection, *, lease: str, lease_seconds: float, held: Sequence[str]
) -> list[Claimed]:
    """Lease rows whose sender has ended: nobody knows whether they were taken.

    Also those that carry our own lease and that we do not hold: the answer to a claim was lost.
    """
    rows = await conn.fetch(TAKE_OVER, lease, lease_seconds, list(held))
    return [claimed(row) for row in rows]


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


async def record(conn: Connection, results: Sequence[Result], *, lease: str) -> dict[str, bool]:
    """Write what came of rows, where the lease is still ours; the ids that were written, and
    whether something was heard of each by other ways meanwhile."""
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
        [result.row.gated.limits is not None for result in results],
    )
    return {row["id"]: row["heard"] for row in rows}


async def next_due(conn: Connection, channel: Channel, now: datetime) -> datetime | None:
    """When the next row becomes due that is not due yet."""
    due: datetime | None = await conn.fetchval(
        """SELECT min(due_at) FROM deliveries
           WHERE channel = $1 AND state IN ('planned', 'waiting', 'pending')
             AND due_at > $2""",
        channel.value,
        now,
    )
    return due


async def oldest_due(conn: Connection, now: datetime) -> datetime | None:
    """Of rows that should go; one that waits for a person's yes, or behind one that does, is late
    for other reasons."""
    due: datetime | None = await conn.fetchval(
        f"""SELECT min(d.due_at) FROM deliveries d
           WHERE d.state IN ('planned', 'waiting', 'pending') AND d.due_at <= $1
             AND d.approval_id IS NULL
             AND NOT (d.kind IN ({kinds(AFTER_THE_END)}) AND EXISTS (
                 SELECT 1 FROM deliveries e
                 WHERE e.thread = d.thread AND e.position < d.position
                   AND e.state = 'waiting' AND e.approval_id IS NOT NULL))""",  # noqa: S608
        now,
    )
    return due


async def notices(conn: Connection, message_ids: Sequence[str]) -> dict[str, Notice]:
    rows = await conn.fetch("SELECT id, notice FROM messages WHERE id = ANY($1)", list(message_ids))
    return {row["id"]: Notice.model_validate(row["notice"]) for row in rows}


async def stand_in_now(conn: Connection, fallbacks: Sequence[str], now: datetime) -> None:
    """What they stand in for is decided: let the gate look at them at once."""
    await conn.execute(
        """UPDATE deliveries SET due_at = $2
           WHERE id = ANY($1) AND state IN ('planned', 'waiting') AND due_at > $2""",
        list(fallbacks),
        now,
    )


async def stand_in_later(
    conn: Connection, fallbacks: Sequence[str], begins: Sequence[datetime]
) -> None:
    """What they stand in for waits: its time to be accepted in begins when it may go."""
    await conn.execute(
        """UPDATE deliveries d SET
               due_at = g.begins + d.after_minutes * interval '1 minute',
               deadline = g.begins + d.after_minutes * interval '1 minute'
           FROM unnest($1::text[], $2::timestamptz[]) AS g(id, begins)
           WHERE d.id = g.id AND d.state = 'planned'""",
        list(fallbacks),
        list(begins),
    )
