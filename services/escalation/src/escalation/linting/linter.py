"""Answers which gaps there are: the whole copy of the directory is read, nothing is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin_contracts.directory import Client, CommunicationPlan
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.simulation import LintAnswer, LintAsked
from tocsin_contracts.staff import AccountTeam
from tocsin_runtime.database import Connection, Database

from escalation.linting.findings import Window, findings
from escalation.linting.whole import Whole
from escalation.simulation.simulator import directory_at


@dataclass(frozen=True)
class Linter:
    database: Database

    async def lint(self, asked: LintAsked) -> LintAnswer:
        """Raises ``DirectoryBehind``."""
        await directory_at(self.database, asked.revision)
        async with self.database.connection() as conn:
            documents = await _documents(conn)
        return await asyncio.to_thread(_answer, documents, asked)


async def _documents(conn: Connection) -> dict[str, dict[str, Any]]:
    """By kind and key."""
    rows = await conn.fetch(
        """SELECT kind, key, document FROM directory_entries
           WHERE document IS NOT NULL ORDER BY kind, key"""
    )
    found: dict[str, dict[str, Any]] = {"client": {}, "team": {}, "policy": {}, "plan": {}}
    for row in rows:
        found.setdefault(row["kind"], {})[row["key"]] = row["document"]
    return found


def _answer(documents: Mapping[str, Mapping[str, Any]], asked: LintAsked) -> LintAnswer:
    policies = {k: EscalationPolicy.model_validate(d) for k, d in documents["policy"].items()}
    whole = Whole(
        clients={k: Client.model_validate(d) for k, d in documents["client"].items()},
        teams={k: AccountTeam.model_validate(d) for k, d in documents["team"].items()},
        policies={**policies, **{policy.key: policy for policy in asked.policies}},
        plans={k: CommunicationPlan.model_validate(d) for k, d in documents["plan"].items()},
    )
    return LintAnswer(findings=tuple(findings(whole, Window(asked.since, asked.until))))
