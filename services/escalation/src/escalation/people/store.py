"""The local copy of the directory: clients, account teams and policies, one row an entry."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tocsin_contracts.directory import CommunicationPlan
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.staff import AccountTeam
from tocsin_runtime.database import Connection

from escalation.people.roster import ClientPeople, Roster


async def put_entry(
    conn: Connection, kind: str, key: str, revision: int, document: dict[str, Any] | None
) -> None:
    """Remember an entry; a removed one stays as an empty row, so that nothing older returns."""
    await conn.execute(
        """INSERT INTO directory_entries (kind, key, revision, document) VALUES ($1, $2, $3, $4)
           ON CONFLICT (kind, key) DO UPDATE SET revision = excluded.revision,
               document = excluded.document
           WHERE directory_entries.revision <= excluded.revision""",
        kind,
        key,
        revision,
        document,
    )


async def reach_revision(conn: Connection, revision: int) -> None:
    """The copy is complete up to ``revision``."""
    await conn.execute("UPDATE directory_revision SET revision = greatest(revision, $1)", revision)


async def local_revision(conn: Connection) -> int:
    """The copy's revision, which cannot move before this transaction ends.

    Whoever decides that a client has to wait holds it still: else the revision it waits for could
    complete unseen, and the client wait for ever.
    """
    revision: int = await conn.fetchval("SELECT revision FROM directory_revision FOR SHARE")
    return revision


async def policies(conn: Connection, keys: Collection[str]) -> dict[str, EscalationPolicy]:
    rows = await conn.fetch(
        """SELECT key, document FROM directory_entries
           WHERE kind = 'policy' AND key = ANY($1::text[]) AND document IS NOT NULL""",
        list(keys),
    )
    return {row["key"]: EscalationPolicy.model_validate(row["document"]) for row in rows}


async def plans(conn: Connection, keys: Collection[str]) -> dict[str, CommunicationPlan]:
    rows = await conn.fetch(
        """SELECT key, document FROM directory_entries
           WHERE kind = 'plan' AND key = ANY($1::text[]) AND document IS NOT NULL""",
        list(keys),
    )
    return {row["key"]: CommunicationPlan.model_validate(row["document"]) for row in rows}


async def roster(conn: Connection, client_keys: Collection[str]) -> Roster:
    rows = await conn.fetch(
        """SELECT c.key, c.document ->> 'name' AS name, t.document AS team
           FROM directory_entries c LEFT JOIN directory_entries t
             ON t.kind = 'team' AND t.key = c.document ->> 'account_team'
           WHERE c.kind = 'client' AND c.key = ANY($1::text[]) AND c.document IS NOT NULL""",
        list(client_keys),
    )
    return Roster({row["key"]: _people(row["name"], row["team"]) for row in rows})


def _people(name: str, team: dict[str, Any] | None) -> ClientPeople:
    if team is None:
        return ClientPeople(name)
    return ClientPeople(name, AccountTeam.model_validate(team).members)
