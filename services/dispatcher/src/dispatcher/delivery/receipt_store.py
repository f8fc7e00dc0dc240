"""SQL of what providers say of a message after they took it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.database import Connection

from dispatcher.delivery.claims import kinds
from dispatcher.delivery.receipt_rules import COURSE
from dispatcher.gating.fallback import NOT_NEEDED

_LOCK = """
SELECT d.id, d.incident_id, d.cause_id, d.client_key, d.kind, d.person, d.channel, d.thread,
       d.state, d.attempts, d.doubts, d.heard, d.fallbacks, d.message_id = '' AS restored,
       m.traceparent
FROM deliveries d LEFT JOIN messages m ON m.id = d.message_id
WHERE d.id = $1 OR (d.folded_into = $1 AND d.state = 'accepted')
ORDER BY d.position FOR UPDATE OF d
"""
# A message that reached nobody told nobody: it counts for no cap, and nobody was told by it.
_SETTLE = """
UPDATE deliveries SET state = $2, reason = $3, heard = NULL,
    due_at = coalesce($5::timestamptz, due_at),
    accepted_at = CASE WHEN $2 = 'delivered' THEN coalesce(accepted_at, $4) END,
    delivered_at = CASE WHEN $2 = 'delivered' THEN $4::timestamptz END
WHERE id = ANY($1)
"""
# The digest is on its way once more: what it tells is told when that one arrives.
_UNTOLD = """
UPDATE deliveries SET state = 'superseded', accepted_at = NULL WHERE id = ANY($1)
"""
# What waits may still change, and waits behind this one.
_OVERTAKEN = f"""
SELECT EXISTS (
    SELECT 1 FROM deliveries d JOIN deliveries n ON n.thread = d.thread
    WHERE d.id = $1 AND n.position > d.position
      AND d.kind IN ({kinds(COURSE)}) AND n.kind IN ({kinds(COURSE)})
      AND n.state IN ('pending', 'sending', 'accepted', 'unknown', 'delivered'))
"""  # noqa: S608 - constants
_TRIED = """
INSERT INTO attempts (delivery_id, attempt, at, state, reason) VALUES ($1, $2, $3, $4, $5)
"""
# Where it was thought needless, and nothing newer is on its way to the same person: that one has a
# fallback of its own.
_STAND_IN_AFTER_ALL = f"""
UPDATE deliveries f SET state = 'planned', reason = NULL, due_at = $2, heard = NULL
WHERE f.id = ANY($1) AND f.state = 'skipped' AND f.reason LIKE '{NOT_NEEDED}%'
  AND f.planned_at > $2::timestamptz - interval '24 hours'
  AND NOT EXISTS (
      SELECT 1 FROM deliveries n
      WHERE n.incident_id = f.incident_id AND n.client_key = f.client_key AND n.person = f.person
        AND n.position > f.position AND n.cause_id <> f.cause_id AND n.kind <> 'feedback_request'
        AND n.state NOT IN ('skipped', 'failed', 'superseded'))
"""  # noqa: S608 - a constant

# One that is being looked at this very moment, or just about to be, may be found needless by what
# was true until now.
_LOOK_AGAIN = """
UPDATE deliveries SET heard = $2
WHERE id = ANY($1) AND state IN ('planned', 'waiting', 'sending') AND heard IS NULL
"""


@dataclass(frozen=True)
class Standing:
    """A row, locked, as it stands when something is heard of it."""

    id: str
    incident_id: str
    cause_id: str
    client_key: str | None
    kind: Kind
    person: str
    channel: Channel
    destination: str
    state: DeliveryState
    attempts: int
    doubts: int
    heard: dict[str, Any] | None
    fallbacks: tuple[str, ...]
    restored: bool
    traceparent: str | None


async def lock(conn: Connection, delivery_id: str) -> list[Standing]:
    """The row itself, first, and of a digest those that it told; empty if it is none of ours."""
    rows = [_standing(row) for row in await conn.fetch(_LOCK, delivery_id)]
    own = [row for row in rows if row.id == delivery_id]
    return [*own, *(row for row in rows if row.id != delivery_id)]


async def hear(conn: Connection, delivery_id: str, heard: dict[str, Any] | None) -> None:
    """Keep it until our own record of the answer is written; ``None``: that has been."""
    await conn.execute("UPDATE deliveries SET heard = $2 WHERE id = $1", delivery_id, heard)


async def settle(
    conn: Connection,
    rows: Sequence[Standing],
    state: DeliveryState,
    reason: str | None,
    at: datetime,
    due: datetime | None,
) -> None:
    await conn.execute(_SETTLE, [row.id for row in rows], state.value, reason, at, due)
    await conn.execute(_TRIED, rows[0].id, rows[0].attempts, at, state.value, reason)


async def untold(conn: Connection, rows: Sequence[Standing]) -> None:
    """Rows whose digest is sent again."""
    await conn.execute(_UNTOLD, [row.id for row in rows])


async def overtaken(conn: Connection, delivery_id: str) -> bool:
    """Whether a newer message of its thread went, or is about to."""
    found: bool = await conn.fetchval(_OVERTAKEN, delivery_id)
    return found


async def stand_in_after_all(conn: Connection, fallbacks: Sequence[str], now: datetime) -> None:
    await conn.execute(_STAND_IN_AFTER_ALL, list(fallbacks), now)


async def look_again(conn: Connection, fallbacks: Sequence[str], heard: dict[str, Any]) -> None:
    await conn.execute(_LOOK_AGAIN, list(fallbacks), heard)


def _standing(row: Any) -> Standing:
    return Standing(
        id=row["id"],
        incident_id=row["incident_id"],
        cause_id=row["cause_id"],
        client_key=row["client_key"],
        kind=Kind(row["kind"]),
        person=row["person"],
        channel=Channel(row["channel"]),
        # Where it went: the address may have changed since it was planned.
        destination=row["thread"].rpartition("/")[2],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        doubts=row["doubts"],
        heard=row["heard"],
        fallbacks=tuple(row["fallbacks"] or ()),
        restored=row["restored"],
        traceparent=row["traceparent"],
    )
