"""The local copy of the directory: clients, account teams and policies, one row an entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from tocsin_contracts.directory import Client, CommunicationPlan
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.staff import AccountTeam
from tocsin_runtime.database import Connection

from escalation.people.directory import DEFAULT_POLICY, Directory, Policy
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


async def directory(conn: Connection, audience: Sequence[AudienceClient]) -> Directory:
    """What the copy says of these clients' policies and plans; it is held still, see
    :func:`local_revision`."""
    revision = await local_revision(conn)
    keys = {
        ("policy", DEFAULT_POLICY),
        *(("policy", c.escalation_policy) for c in audience if c.escalation_policy),
        *(("policy", c.confirmation_policy) for c in audience if c.confirmation_policy),
        *(("plan", key) for c in audience for key in (c.plan_key, c.own_plan_key) if key),
    }
    kinds, names = zip(*sorted(keys), strict=True)
    rows = await conn.fetch(
        """SELECT kind, key, revision, document::text AS document FROM directory_entries
           JOIN unnest($1::text[], $2::text[]) AS wanted(kind, key) USING (kind, key)
           WHERE document IS NOT NULL""",
        list(kinds),
        list(names),
    )
    plans, policies = {}, {}
    for row in rows:
        if row["kind"] == "plan":
            plans[row["key"]] = CommunicationPlan.model_validate_json(row["document"])
        else:
            document = EscalationPolicy.model_validate_json(row["document"])
            policies[row["key"]] = Policy(document, row["revision"])
    return Directory(revision, policies, plans)


async def roster(conn: Connection, client_keys: Collection[str]) -> Roster:
    rows = await conn.fetch(
        """SELECT c.key, c.document::text AS client, t.key AS team_key, t.document::text AS team
           FROM directory_entries c LEFT JOIN directory_entries t
             ON t.kind = 'team' AND t.key = c.document ->> 'account_team'
           WHERE c.kind = 'client' AND c.key = ANY($1::text[]) AND c.document IS NOT NULL""",
        list(client_keys),
    )
    documents = {row["team_key"]: row["team"] for row in rows if row["team"] is not None}
    teams = {key: AccountTeam.model_validate_json(team) for key, team in documents.items()}
    return Roster({row["key"]: _people(row["client"], teams.get(row["team_key"])) for row in rows})


def _people(document: str, team: AccountTeam | None) -> ClientPeople:
    known = Client.model_validate_json(document)
    return ClientPeople(known.name, team, known.contacts, frozenset(known.tags))
