"""SQL of simulations: the copy of the directory, read and left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.policies import EscalationPolicy
from tocsin_runtime.database import Connection

from escalation.people import store as people
from escalation.people.directory import Directory, Policy
from escalation.simulation.playing import Cast


async def revision(conn: Connection) -> int:
    found: int = await conn.fetchval("SELECT revision FROM directory_revision")
    return found


async def cast_of(conn: Connection, audience: Sequence[AudienceClient]) -> Cast:
    """The people, policies and plans of these clients, all of one revision."""
    directory = await people.directory(conn, audience)
    roster = await people.roster(conn, {client.client_key for client in audience})
    return Cast(directory, roster)


def on_policies(directory: Directory, policies: Iterable[EscalationPolicy]) -> Directory:
    """The directory as it would be with these ``policies`` in it."""
    given = {policy.key: Policy(policy, directory.revision) for policy in policies}
    return Directory(directory.revision, {**directory.policies, **given}, directory.plans)
