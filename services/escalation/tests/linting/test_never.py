"""Steps that can never call anybody are found, whatever the reason; those that may are not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from escalation.linting.whole import Whole
from tocsin_contracts.directory import Contact
from tocsin_contracts.policies import EscalationPolicy, Hours, PolicyStep, Trigger
from tocsin_contracts.policies import UnreachableContact as Unreachable
from tocsin_contracts.words import Severity

from services.escalation.tests.linting.nordlicht import acme, found, gold, problems, whole
from services.escalation.tests.provider import UNACKNOWLEDGED, UNCONFIRMED, UNRESOLVED, step

SEV1 = Trigger(severity_at_least=Severity.SEV1)
SEV3 = Trigger(severity_at_least=Severity.SEV3)
QUESTION = Trigger(question_unanswered=True)

CONTRADICTING = [
    (step(SEV1, "deputy", severities=["sev3"]), "no severity at which it may call"),
    (
        step(Trigger(all=(SEV1, UNACKNOWLEDGED)), "deputy", severities=["sev2", "sev4"]),
        "no severity at which it may call",
    ),
    (step(UNACKNOWLEDGED, "deputy", clients=["beta"]), "clients that do not have this policy"),
    (step(UNACKNOWLEDGED, "deputy", client_tags=["vip"]), "clients that do not have this policy"),
    (step(Trigger(client_affected="nobody"), "deputy"), "there is no client 'nobody'"),
    (step(Trigger(clients_affected_at_least=2), "deputy"), "there are only 1 clients, not 2"),
    (step(UNCONFIRMED, "deputy"), "only a client's own escalation process"),
    (step(QUESTION, "deputy"), "no plan of its clients promises an answer"),
    (
        step(Trigger(contact_unreachable=Unreachable(roles=("ciso",))), "deputy"),
        "no contact of its clients has a role",
    ),
    (
        step(Trigger(contact_unreachable=Unreachable(client_tags=("vip",))), "deputy"),
        "none of its clients has a tag",
    ),
    (
        step(UNRESOLVED, "deputy", hours=Hours(timezone="UTC", days={})),
        "its hours are open on no day",
    ),
    (step(Trigger(any=(UNCONFIRMED, QUESTION)), "deputy"), "only a client's own"),
    (step(Trigger(all=(UNRESOLVED, QUESTION)), "deputy"), "no plan of its clients promises"),
]


@pytest.mark.parametrize(("never", "why"), CONTRADICTING)
def test_a_step_that_can_never_call_says_why(never: PolicyStep, why: str) -> None:
    [finding] = found(whole(step(UNRESOLVED, "deputy"), never))

    assert (finding.problem, finding.policy, finding.step) == ("step-never-fires", "critical", 1)
    assert finding.detail.startswith("Step 2 of policy 'critical' never calls anybody: ")
    assert why in finding.detail


POSSIBLE = [
    step(SEV3, "deputy", severities=["sev1"]),
    step(Trigger(any=(SEV1, UNACKNOWLEDGED)), "deputy", severities=["sev4"]),
    step(Trigger(any=(UNCONFIRMED, UNRESOLVED)), "deputy"),
    step(UNACKNOWLEDGED, "deputy", clients=["beta"], client_tags=["vip"]),
    step(Trigger(client_affected="acme"), "deputy"),
    step(Trigger(clients_affected_at_least=1), "deputy"),
    step(QUESTION, "deputy"),
    step(Trigger(contact_unreachable=Unreachable(roles=("ceo",), client_tags=("vip",))), "deputy"),
    step(Trigger(contact_unreachable=True), "deputy"),
]


@pytest.mark.parametrize("possible", POSSIBLE)
def test_a_step_that_may_call_is_left_alone(possible: PolicyStep) -> None:
    boss = Contact(key="bo", name="Bo", roles=("ceo",))
    important = acme(tags=("vip",), contacts=(boss,))
    answering = {
        severity: entry.model_copy(update={"answer_within_minutes": Decimal(60)})
        for severity, entry in gold().severities.items()
    }
    known = whole(possible, clients=[important], plans=[gold(severities=answering)])

    assert problems(known) == []


def test_a_policy_without_steps_is_found() -> None:
    empty = Whole(
        clients={}, teams={}, plans={}, policies={"none": EscalationPolicy(key="none", steps=())}
    )

    assert problems(empty) == ["policy-without-steps"]
