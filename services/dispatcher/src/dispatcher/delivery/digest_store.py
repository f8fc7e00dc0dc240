"""SQL of digests: what could go in one, and what became of the rows that one tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.database import Connection

from dispatcher.delivery.claims import kinds
from dispatcher.delivery.model import Claimed
from dispatcher.gating.digest import FOLDABLE
from dispatcher.gating.model import Limits
from dispatcher.planning.digest import Waiting
from dispatcher.rendering.notice import Notice, Reader

# Whoever holds it now only renews its lease or lifts its limits.
_LOCK_OWN = "SELECT FROM deliveries WHERE id = $1 FOR UPDATE"
# The row itself, and what waits or follows at its destination, for the same client; what somebody
# else is changing just now is left out.
_WAITING_WITH = f"""
SELECT d.*, m.notice, m.traceparent, i.snapshot, i.audience
FROM deliveries d JOIN messages m ON m.id = d.message_id JOIN incidents i ON i.id = d.incident_id
WHERE (d.id = $1 AND d.state = 'sending' AND d.lease = $2)
   OR (d.channel = $3 AND d.destination = $4 AND d.client_key = $5 AND d.limits IS NOT NULL
       AND d.state IN ('waiting', 'pending') AND d.attempts = 0 AND d.approval_id IS NULL
       AND d.stands_in_for IS NULL AND d.kind IN ({kinds(FOLDABLE)})
       AND d.limits->>'alone' IS DISTINCT FROM 'true')
ORDER BY d.position FOR UPDATE OF d SKIP LOCKED
"""  # noqa: S608 - constants
_FOLD = """
UPDATE deliveries SET state = 'superseded', reason = $3, folded_into = $2,
    attempts = 0, lease = NULL, lease_until = NULL
WHERE id = ANY($1)
"""
# For what comes after they were told themselves.
_TOLD_BY = """
UPDATE deliveries d SET state = 'accepted', accepted_at = g.at
FROM unnest($1::text[], $2::timestamptz[]) AS g(id, at)
WHERE d.folded_into = g.id AND d.state = 'superseded'
RETURNING d.id, d.incident_id, d.cause_id, d.kind, d.client_key, d.person, d.channel, d.reason,
    d.fallbacks, g.at
"""


async def waiting_with(
    conn: Connection, row: Claimed, lease: str
) -> tuple[Waiting | None, list[Waiting]]:
    """``row`` itself, ``None`` if it is not ours any more, and others that it could go with."""
    await conn.execute(_LOCK_OWN, row.id)
    found = await conn.fetch(
        _WAITING_WITH, row.id, lease, row.channel.value, row.destination, row.client_key
    )
    rows = [_waiting(one) for one in found]
    own = next((one for one in rows if one.id == row.id), None)
    return own, [one for one in rows if one.id != row.id]


async def fold(conn: Connection, ids: Sequence[str], digest_id: str, why: str) -> None:
    await conn.execute(_FOLD, list(ids), digest_id, why)


async def told_by(conn: Connection, digests: Mapping[str, datetime]) -> list[Mapping[str, Any]]:
    """The rows that these digests told, by when each arrived (``at``)."""
    told: list[Mapping[str, Any]] = await conn.fetch(
        _TOLD_BY, list(digests), list(digests.values())
    )
    return told


async def fallbacks_of(conn: Connection, digests: Sequence[str]) -> list[str]:
    """What stands in for the rows that these digests were to tell."""
    found = await conn.fetch(
        """SELECT jsonb_array_elements_text(fallbacks) AS id FROM deliveries
           WHERE folded_into = ANY($1)""",
        list(digests),
    )
    return [row["id"] for row in found]


def _waiting(row: Mapping[str, Any]) -> Waiting:
    limits = row["limits"]
    return Waiting(
        id=row["id"],
        cause_id=row["cause_id"],
        kind=Kind(row["kind"]),
        client_key=row["client_key"],
        person=row["person"],
        person_name=row["person_name"],
        roles=tuple(row["roles"]),
        channel=Channel(row["channel"]),
        destination=row["destination"],
        reader=Reader.model_validate(row["reader"]),
        state=DeliveryState(row["state"]),
        notice=Notice.model_validate(row["notice"]),
        incident=IncidentSnapshot.model_validate(row["snapshot"], extra="ignore"),
        next_update_due=_promised(row["audience"], row["client_key"]),
        limits=Limits.model_validate(limits) if limits is not None else None,
        traceparent=row["traceparent"],
    )


def _promised(audience: dict[str, Any] | None, client_key: str) -> datetime | None:
    known = Audience.model_validate(audience, extra="ignore") if audience else None
    clients = known.clients if known else ()
    return next((c.next_update_due for c in clients if c.client_key == client_key), None)
