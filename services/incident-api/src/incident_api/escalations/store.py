"""SQL for lists of escalations, over the copy that the timeline keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin_contracts.policies import ChainKind
from tocsin_runtime.database import Connection

from incident_api.timeline.escalations import COLUMNS, escalation_of
from incident_api.timeline.standing import Escalation

_FIND = f"""
SELECT {COLUMNS} FROM escalations
WHERE ($1::text IS NULL OR incident_id = $1)
  AND ($2::text[] = '{{}}' OR state = ANY($2))
  AND ($3::text IS NULL OR chain = $3)
  AND ($4::text IS NULL OR id < $4)
ORDER BY id DESC LIMIT $5
"""  # noqa: S608 — built from the store's own column names


@dataclass(frozen=True)
class Running:
    """One chain that runs by a policy, in the incident ``ref``."""

    policy_key: str
    ref: str
    client_key: str


async def running_by(conn: Connection, policies: Sequence[str]) -> list[Running]:
    """By policy, then incident, then client."""
    rows = await conn.fetch(
        "SELECT e.policy_key, i.ref, e.client_key"
        " FROM escalations e JOIN incidents i ON i.id = e.incident_id"
        " WHERE e.policy_key = ANY($1) AND e.state NOT IN ('stopped', 'confirmed')"
        " ORDER BY e.policy_key, e.incident_id, e.client_key, e.chain",
        list(policies),
    )
    return [Running(**dict(row)) for row in rows]


async def running_versions(conn: Connection, policy: str) -> dict[int, int]:
    """By version of the policy, how many run by it."""
    rows = await conn.fetch(
        "SELECT policy_revision, count(*) AS running FROM escalations"
        " WHERE policy_key = $1 AND state NOT IN ('stopped', 'confirmed')"
        " AND policy_revision IS NOT NULL GROUP BY policy_revision",
        policy,
    )
    return {row["policy_revision"]: row["running"] for row in rows}


async def find(conn: Connection, escalation_id: str) -> Escalation | None:
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM escalations WHERE id = $1",  # noqa: S608
        escalation_id,
    )
    return None if row is None else escalation_of(row)


async def newest_first(
    conn: Connection,
    *,
    incident_id: str | None,
    states: Sequence[str],
    chain: ChainKind | None,
    after: str | None,
    limit: int,
) -> list[Escalation]:
    """``after``: the id of the last one of the page before."""
    rows = await conn.fetch(_FIND, incident_id, list(states), chain, after, limit)
    return [escalation_of(row) for row in rows]
