"""Who is asked until when, and what a missing answer does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dispatcher.approvals.model import Asked
from dispatcher.approvals.rules import (
    SHORTEST,
    WITHOUT_A_PROMISE,
    Verdict,
    decide_by,
    needed,
    verdict,
    without_an_answer,
)
from dispatcher.approvals.words import name_of
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.directory import Approval, CommunicationPlan
from tocsin_contracts.words import Decision, Kind, OnNoAnswer

from services.dispatcher.tests.facts import START

ASKED = Asked(
    id="a",
    incident_id="i",
    client_key="acme",
    kind=Kind.INITIAL,
    cause_id="c",
    content_sha256="5" * 64,
    approver="ann",
    approver_name="Ann Weiss",
    decide_by=START,
    on_no_answer=OnNoAnswer.HOLDING_NOTICE,
)
PLAN = CommunicationPlan(
    key="gold", severities={}, approval=Approval(kinds=(Kind.INITIAL, Kind.CLOSURE))
)


def test_only_kinds_that_the_plan_names_need_a_yes() -> None:
    assert needed(PLAN, Kind.CLOSURE, asked_before=False) is not None
    assert needed(PLAN, Kind.UPDATE, asked_before=False) is None


def test_what_takes_the_place_of_a_text_that_waits_needs_one_too() -> None:
    assert needed(PLAN, Kind.RESOLVED, asked_before=True) is not None


def test_without_a_plan_or_its_approval_nothing_waits() -> None:
    plan = PLAN.model_copy(update={"approval": None})
    assert needed(None, Kind.INITIAL, asked_before=True) is None
    assert needed(plan, Kind.INITIAL, asked_before=True) is None


@given(
    minutes=st.integers(-10_000, 10_000),
    before=st.decimals(0, 1_000, places=1, allow_nan=False),
)
def test_the_answer_is_due_before_the_promise_and_never_at_once(
    minutes: int, before: Decimal
) -> None:
    terms = Approval(kinds=(Kind.INITIAL,), minutes_before=before)
    promised = START + timedelta(minutes=minutes)
    due = decide_by(terms, promised, START)

    assert due >= START + SHORTEST
    assert due <= max(promised, START + SHORTEST)


def test_where_nothing_was_promised_there_is_a_day() -> None:
    assert decide_by(Approval(kinds=()), None, START) == START + WITHOUT_A_PROMISE


@pytest.mark.parametrize(
    ("kind", "on_no_answer", "checking", "does"),
    [
        (Kind.INITIAL, OnNoAnswer.SEND, False, OnNoAnswer.SEND),
        (Kind.INITIAL, OnNoAnswer.HOLDING_NOTICE, False, OnNoAnswer.HOLDING_NOTICE),
        (Kind.INITIAL, OnNoAnswer.HOLDING_NOTICE, True, OnNoAnswer.ALERT),
        (Kind.UPDATE, OnNoAnswer.HOLDING_NOTICE, False, OnNoAnswer.SEND),
        (Kind.UPDATE, OnNoAnswer.ALERT, False, OnNoAnswer.ALERT),
    ],
)
def test_what_a_missing_answer_does(
    kind: Kind, on_no_answer: OnNoAnswer, checking: bool, does: OnNoAnswer
) -> None:
    assert without_an_answer(on_no_answer, kind, told_we_are_checking=checking) is does


@given(decision=st.sampled_from(Decision), sha=st.text("0123456789abcdef", max_size=64))
def test_an_answer_to_any_other_text_is_no_answer(decision: Decision, sha: str) -> None:
    if sha != ASKED.content_sha256:
        assert verdict(ASKED, decision, sha) is Verdict.OTHER_TEXT


def test_an_answer_to_this_text_counts() -> None:
    assert verdict(ASKED, Decision.APPROVE, ASKED.content_sha256) is Verdict.GOES
    assert verdict(ASKED, Decision.REFUSE, ASKED.content_sha256) is Verdict.REFUSED


def test_every_kind_that_clients_get_has_a_name_in_words() -> None:
    assert all("_" not in name_of(kind) for kind in Kind)
