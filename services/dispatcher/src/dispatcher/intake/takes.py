"""SQL of who has which client in an outage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.events import (
    EscalationDeclined,
    EscalationHandedOver,
    EscalationTaken,
    TakeExpired,
)
from tocsin_runtime.database import Connection

from dispatcher.planning.words import OPERATOR
from dispatcher.rendering.facts import Named

_TAKE = """
INSERT INTO takes AS old (incident_id, client_key, person, person_name, taken_at, expires_at)
SELECT $1, client, $3, $4, $5, $6 FROM unnest($2::text[]) AS client
ON CONFLICT (incident_id, client_key) DO UPDATE SET person = excluded.person,
    person_name = excluded.person_name, taken_at = excluded.taken_at,
    expires_at = excluded.expires_at, expired = false
WHERE old.taken_at <= excluded.taken_at
"""


async def take(conn: Connection, taken: EscalationTaken | EscalationHandedOver) -> None:
    """Whoever hands over keeps it until the other takes it."""
    await conn.execute(
        _TAKE,
        taken.incident.id,
        list(taken.client_keys),
        taken.person,
        taken.person_name,
        taken.at,
        taken.expires_at,
    )


async def expire_take(conn: Connection, gone: TakeExpired) -> None:
    await conn.execute(
        """UPDATE takes SET expired = true
           WHERE incident_id = $1 AND client_key = ANY($2) AND taken_at <= $3""",
        gone.incident.id,
        list(gone.client_keys),
        gone.at,
    )


async def give_back(conn: Connection, declined: EscalationDeclined) -> None:
    """Whoever had it and passes it on has it no more; what another has stays theirs."""
    await conn.execute(
        """UPDATE takes SET expired = true
           WHERE incident_id = $1 AND client_key = ANY($2) AND person = $3 AND taken_at <= $4""",
        declined.incident.id,
        list(declined.client_keys),
        declined.person,
        declined.at,
    )


async def taken_at(conn: Connection, incidents: Collection[str]) -> dict[str, dict[str, datetime]]:
    """By incident, when each client was last taken."""
    rows = await conn.fetch(
        "SELECT incident_id, client_key, taken_at FROM takes WHERE incident_id = ANY($1)",
        list(incidents),
    )
    takes: dict[str, dict[str, datetime]] = {}
    for row in rows:
        takes.setdefault(row["incident_id"], {})[row["client_key"]] = row["taken_at"]
    return takes


@dataclass(frozen=True)
class Taker:
    key: str
    named: Named


async def takers(conn: Connection, incidents: Sequence[str]) -> dict[tuple[str, str], Taker]:
    """By incident and client whom the client may reach; an API key is nobody to speak with."""
    rows = await conn.fetch(
        """SELECT t.incident_id, t.client_key, t.person, t.person_name,
                  p.addresses->>'phone' AS phone
           FROM takes t LEFT JOIN people p ON p.client_key = '' AND p.person = t.person
           WHERE t.incident_id = ANY($1) AND NOT t.expired AND t.person NOT LIKE $2""",
        incidents,
        f"{OPERATOR}%",
    )
    return {
        (row["incident_id"], row["client_key"]): Taker(
            row["person"], Named(name=row["person_name"], phone=row["phone"])
        )
        for row in rows
    }
