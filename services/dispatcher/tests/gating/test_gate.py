"""What stands against a row that is about to go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from dispatcher.gating.model import Gated, Knowledge, Send, Skip, Step
from dispatcher.gating.rules import gate
from hypothesis import given
from hypothesis import strategies as st

AT = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


def step(trigger: str = "unacknowledged", *clients: str) -> Step:
    return Step(sequence=5, trigger=trigger, client_keys=clients or ("acme",), at=AT)


@pytest.mark.parametrize(
    ("trigger", "knowledge", "why"),
    [
        ("unresolved", Knowledge(), None),
        ("unresolved", Knowledge(settled=6), "the incident was settled meanwhile"),
        ("unresolved", Knowledge(settled=4), None),
        ("unacknowledged", Knowledge(acknowledged=6), "the incident was acknowledged meanwhile"),
        ("unacknowledged", Knowledge(acknowledged=5), None),
        ("unresolved", Knowledge(acknowledged=6), None),
        ("unresolved", Knowledge(takes={"acme": LATER}), "somebody took it meanwhile"),
        ("unresolved", Knowledge(takes={"acme": AT}), None),
        ("unresolved", Knowledge(takes={"other": LATER}), None),
    ],
)
def test_a_step_goes_unless_what_came_later_makes_it_moot(
    trigger: str, knowledge: Knowledge, why: str | None
) -> None:
    verdict = gate(Gated(step=step(trigger), knowledge=knowledge), AT)
    assert verdict == (Skip(why) if why else Send())


def test_a_step_for_two_clients_goes_while_one_is_still_open() -> None:
    one = Knowledge(takes={"acme": LATER})
    both = Knowledge(takes={"acme": LATER, "beta": LATER})
    assert gate(Gated(step=step("unresolved", "acme", "beta"), knowledge=one), AT) == Send()
    assert isinstance(
        gate(Gated(step=step("unresolved", "acme", "beta"), knowledge=both), AT), Skip
    )


@given(st.builds(Knowledge, st.integers(0, 9), st.integers(0, 9)))
def test_messages_to_clients_are_not_calls_and_nothing_of_that_stops_them(
    knowledge: Knowledge,
) -> None:
    assert gate(Gated(knowledge=knowledge), AT) == Send()


def test_a_suppressed_address_gets_nothing_whatever_else_holds() -> None:
    verdict = gate(Gated(suppressed="the mailbox does not exist"), AT)
    assert verdict == Skip("suppressed: the mailbox does not exist")
