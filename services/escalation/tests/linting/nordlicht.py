"""Nordlicht IT as a whole, with something wrong in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.linting.findings import Window, findings
from escalation.linting.whole import Whole
from tocsin_contracts.directory import Client, CommunicationPlan
from tocsin_contracts.policies import EscalationPolicy, PolicyStep
from tocsin_contracts.simulation import LintFinding
from tocsin_contracts.staff import AccountTeam

from services.escalation.tests.provider import client, plan, team

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
WINDOW = Window(MONDAY, MONDAY + timedelta(days=7))


def whole(*steps: PolicyStep, clients: Sequence[Client] = (), **given: Any) -> Whole:
    """ACME, its team and plan, all on the policy ``critical`` of ``steps``."""
    policy = given.pop("policy", EscalationPolicy(key="critical", steps=steps))
    known = clients or (acme(),)
    teams: Sequence[AccountTeam] = given.pop("teams", (team(),))
    plans: Sequence[CommunicationPlan] = given.pop("plans", (gold(),))
    policies = (policy, *given.pop("policies", ()))
    return Whole(
        clients={one.key: one for one in known},
        teams={one.key: one for one in teams},
        policies={one.key: one for one in policies},
        plans={one.key: one for one in plans},
    )


def acme(key: str = "acme", **given: Any) -> Client:
    changes = {"communication_plan": "gold", **given}
    return client(key, key.title()).model_copy(update=changes)


def gold(**given: Any) -> CommunicationPlan:
    return plan().model_copy(update={"escalation_policy": "critical", **given})


def found(known: Whole, window: Window = WINDOW) -> list[LintFinding]:
    return findings(known, window)


def problems(known: Whole, window: Window = WINDOW) -> list[str]:
    return [finding.problem for finding in found(known, window)]
