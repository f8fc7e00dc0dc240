"""SQL of whom a message has reached, and of the question that comes after an outage."""

from __future__ import annotations

from collections.abc import Collection

from tocsin_runtime.database import Connection

from dispatcher.intake.store import open_row, told
from dispatcher.planning.model import OpenRow, Told

# Whom a message reached, or may have, whether its own words or those that a newer one carried.
_GOT = """
SELECT d.incident_id, d.client_key, d.person, d.person_name, d.roles, d.channel,
       false AS by_fallback, false AS by_call, w.cause_id AS corrects
FROM unnest($1::text[], $2::text[]) AS w(incident_id, cause_id)
JOIN deliveries d ON d.incident_id = w.incident_id
LEFT JOIN messages m ON m.id = d.message_id
WHERE d.client_key IS NOT NULL AND d.kind <> 'feedback_request'
  AND d.state IN ('sending', 'accepted', 'delivered', 'unknown')
  AND (d.cause_id = w.cause_id OR m.notice->'carries' ? w.cause_id)
ORDER BY d.position
"""
_WITHDRAW = """
UPDATE deliveries SET state = 'skipped', reason = $2
WHERE incident_id = ANY($1) AND kind = 'feedback_request'
  AND state IN ('planned', 'waiting', 'pending')
RETURNING id, message_id, incident_id, cause_id, client_key, kind, person, channel, destination,
          false AS doubtful, approval_id, stands_in_for, false AS left_alone
"""


async def load_got(
    conn: Connection, corrected: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[Told]]:
    """By incident and event: whom the message that tells of it reached, or may have."""
    got: dict[tuple[str, str], list[Told]] = {pair: [] for pair in corrected}
    if not got:
        return got
    incidents, causes = zip(*got, strict=True)
    for row in await conn.fetch(_GOT, list(incidents), list(causes)):
        got[row["incident_id"], row["corrects"]].append(told(row))
    return got


async def followed(conn: Connection, incidents: Collection[str]) -> set[str]:
    """Those of ``incidents`` that a newer one names as the one before it."""
    rows = await conn.fetch(
        """SELECT DISTINCT snapshot->>'previous_incident_id' AS id FROM incidents
           WHERE snapshot->>'previous_incident_id' = ANY($1)""",
        list(incidents),
    )
    return {row["id"] for row in rows}


async def withdraw_feedback(
    conn: Connection, incidents: Collection[str], reason: str
) -> list[tuple[str, OpenRow]]:
    """What was to be asked about ``incidents`` and has not been: the incident and row of each."""
    rows = await conn.fetch(_WITHDRAW, list(incidents), reason)
    return [(row["incident_id"], open_row(row)) for row in rows]
