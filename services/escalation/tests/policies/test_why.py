"""Why somebody is called: in facts for readers of any language, and in English words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from escalation.policies.events import decided
from escalation.policies.scene import Scene
from escalation.policies.state import Chain, Forced, Pause, Take
from escalation.triggers.facts import Facts, OutOfReach, Owed, Question, SeveritySpan
from tocsin_contracts.events import Reason, StepFired
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.policies import ChainKind, Trigger
from tocsin_contracts.words import Promise, Severity, Status, Visibility

from services.escalation.tests.policies.walking import PEOPLE, Team, Walk, walk
from services.escalation.tests.provider import SEV1, UNACKNOWLEDGED, UNRESOLVED, step
from services.escalation.tests.triggers.standing import START, at, facts

NAMES = {"acme": "ACME", "beta": "Beta AG"}


class Roster(Team):
    def __init__(self) -> None:
        super().__init__(PEOPLE)

    def names(self, client_keys: Sequence[str]) -> list[str]:
        return [NAMES[key] for key in client_keys]


def scene(known: Facts, now: datetime) -> Scene:
    snapshot = IncidentSnapshot(
        id="i",
        ref="INC-2041",
        sequence=1,
        title="Mail EU is down",
        severity=known.severity,
        status=Status.INVESTIGATING,
        visibility=Visibility.PUBLISHED,
        routed=True,
        started_at=START,
        known_at=START,
    )
    return Scene(snapshot, known, Roster(), now)


def fired(trigger: Trigger, known: Facts, minute: float, **chain: Any) -> StepFired:
    """What is told as the only step of a policy calls the deputy at ``minute``."""
    walked = walk(step(trigger, "deputy"), **chain)
    return _told(walked, known, minute)


def _told(walked: Walk, known: Facts, minute: float) -> StepFired:
    walked.facts, walked.holders = known, Roster()
    turn = walked.look(at(minute))
    [event] = [one for one in decided(scene(known, at(minute)), [turn]) if _fired(one)]
    assert isinstance(event, StepFired)
    return event


def _fired(event: object) -> bool:
    return isinstance(event, StepFired)


NOBODY_YET = "and nobody speaks for us with ACME yet"
RAISED = (SeveritySpan(Severity.SEV3, START), SeveritySpan(Severity.SEV1, at(15)))
OWED = {"acme": (Owed(Promise.UPDATE, at(0), at(30)),)}
BROKEN = {"acme": (replace(OWED["acme"][0], broken=True),)}
QUESTION = {"acme": (Question("q1", "Jo Frei", at(3), at(10)),)}
UNREACHED = {"acme": (OutOfReach("jo", "Jo Frei", at(8)),)}
TWO = {"acme": at(0), "beta": at(4)}


@pytest.mark.parametrize(
    ("trigger", "known", "phrase", "why"),
    [
        (SEV1, {}, "", Reason(trigger="severity_at_least", severity=Severity.SEV1, minutes=15)),
        (
            Trigger(severity_raised=True),
            {"severities": RAISED},
            "raised to critical, ",
            Reason(trigger="severity_raised", severity=Severity.SEV1, minutes=0),
        ),
        (
            UNACKNOWLEDGED,
            {},
            "not acknowledged, ",
            Reason(trigger="unacknowledged", minutes=15, names=("ACME",)),
        ),
        (UNRESOLVED, {}, "", Reason(trigger="unresolved", minutes=15, names=("ACME",))),
        (
            Trigger(update_overdue_minutes=Decimal(5)),
            {"words_due": {"acme": at(8)}},
            "the word promised to ACME is 7 minutes late, ",
            Reason(trigger="update_overdue_minutes", minutes=7, names=("ACME",)),
        ),
        (
            Trigger(sla_at_risk=Decimal("0.5")),
            {"owed": OWED},
            "nobody at ACME was reached, and the word promised is due in 15 minutes, ",
            Reason(trigger="sla_at_risk", names=("ACME",)),
        ),
        (
            Trigger(sla_breached=True),
            {"owed": {"acme": (replace(BROKEN["acme"][0], due_at=at(12)),)}},
            "the promise to ACME is broken by 3 minutes, ",
            Reason(trigger="sla_breached", minutes=3, names=("ACME",)),
        ),
        (
            Trigger(clients_affected_at_least=2),
            {"affected_since": TWO},
            "2 clients are affected, ",
            Reason(trigger="clients_affected_at_least", minutes=11, names=("ACME",), count=2),
        ),
        (
            Trigger(client_affected="beta"),
            {"affected_since": TWO},
            "Beta AG is affected, ",
            Reason(trigger="client_affected", minutes=11, names=("Beta AG",)),
        ),
        (
            Trigger(reopened=True),
            {"reopened_at": at(5)},
            "it is back after it was resolved, ",
            Reason(trigger="reopened", minutes=10, names=("ACME",)),
        ),
    ],
)
def test_each_reason_in_words_and_in_facts(
    trigger: Trigger, known: dict[str, Any], phrase: str, why: Reason
) -> None:
    told = fired(trigger, facts(**known), 15)

    assert told.reason == f"critical, open for 15 minutes, {phrase}{NOBODY_YET}"
    assert told.why == (why,)
    assert told.open_minutes == 15


@pytest.mark.parametrize(
    ("trigger", "known", "phrase"),
    [
        (
            Trigger(question_unanswered=True),
            {"questions": QUESTION},
            "Jo Frei asked, and the answer is 5 minutes late",
        ),
        (
            Trigger(question_unanswered_minutes=Decimal(10)),
            {"questions": QUESTION},
            "Jo Frei asked 12 minutes ago and has no answer",
        ),
        (
            Trigger(contact_unreachable=True),
            {"out_of_reach": UNREACHED},
            "Jo Frei can be reached on no channel",
        ),
    ],
)
def test_who_waits_or_cannot_be_reached_is_named_and_known_by_client(
    trigger: Trigger, known: dict[str, Any], phrase: str
) -> None:
    told = fired(trigger, facts(**known), 15)

    assert told.reason == f"critical, open for 15 minutes, {phrase}"
    assert told.about == ("Jo Frei",)
    assert set(told.watched) == {"acme"}


def test_of_a_combination_every_condition_that_is_true_is_told() -> None:
    trigger = Trigger(all=(SEV1, Trigger(any=(UNACKNOWLEDGED, Trigger(reopened=True)))))
    told = fired(trigger, facts(), 15)

    assert told.trigger == "all"
    assert [one.trigger for one in told.why] == ["severity_at_least", "unacknowledged"]
    assert told.reason == f"critical, open for 15 minutes, not acknowledged, {NOBODY_YET}"


def test_a_clients_own_contact_reads_that_nobody_there_has_confirmed() -> None:
    told = fired(Trigger(unconfirmed=True), facts(), 20, kind=ChainKind.CLIENT)
    assert told.chain is ChainKind.CLIENT
    assert told.reason == "critical, open for 20 minutes, nobody at ACME has confirmed"

    told = fired(UNRESOLVED, facts(), 20, kind=ChainKind.CLIENT)
    assert told.reason == "critical, open for 20 minutes, and nobody at ACME has confirmed yet"


def test_an_operator_who_brings_it_forward_is_named_and_who_has_it_is_not_denied() -> None:
    forced = Forced(0, "Lena Vogt", "Jo Frei asks for it.", at(15))
    take = Take("ann", "Ann Weiss", at(3), at(33))
    told = fired(UNRESOLVED, facts(), 15, forced=forced, take=take)

    assert (told.by, told.by_reason) == ("Lena Vogt", "Jo Frei asks for it.")
    assert told.reason == "critical, open for 15 minutes"


def test_what_was_due_in_a_pause_says_so() -> None:
    told = fired(UNRESOLVED, facts(), 15, resumed_at=at(15))

    assert told.reason == f"critical, open for 15 minutes, after a pause, {NOBODY_YET}"
    assert told.late_by_seconds is None


def test_clients_on_two_policies_make_one_message_for_who_stands_for_both() -> None:
    acme = walk(step(SEV1, "deputy"))
    beta = walk(step(UNRESOLVED, "director"), step(SEV1, "deputy"))
    beta.chain = replace(beta.chain, client_key="beta", policy=_named(beta.chain, "q"))
    now = at(0)
    turns = []
    for walked in (acme, beta):
        walked.holders = Roster()
        turns.append(walked.look(now))

    told = [one for one in decided(scene(facts(), now), turns) if isinstance(one, StepFired)]
    by_person = {one.notify[0].name: one.client_keys for one in told}
    assert by_person == {"Tom Klein": ("acme", "beta"), "Dan Roth": ("beta",)}


def test_our_own_chain_and_the_clients_never_share_a_message() -> None:
    ours, theirs = walk(step(SEV1, "deputy")), walk(step(SEV1, "deputy"))
    theirs.chain = replace(theirs.chain, kind=ChainKind.CLIENT)
    turns = []
    for walked in (ours, theirs):
        walked.holders = Roster()
        turns.append(walked.look(at(0)))

    told = [one for one in decided(scene(facts(), at(0)), turns) if isinstance(one, StepFired)]
    assert [one.chain for one in told] == [ChainKind.ACCOUNT, ChainKind.CLIENT]


def test_a_pause_that_ends_by_itself_is_told_before_its_calls() -> None:
    walked = walk(step(SEV1, "deputy", after=5), paused=Pause("noc", "Wait.", at(1), at(20)))
    walked.holders = Roster()
    turn = walked.look(at(20))

    names = [type(one).__name__ for one in decided(scene(facts(), at(20)), [turn])]
    assert names == ["EscalationResumed", "StepFired"]


def _named(chain: Chain, key: str) -> Any:
    return chain.policy.model_copy(update={"key": key})
