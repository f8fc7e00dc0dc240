"""How a call ended, and whether there is another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.callbacks.voice_outcomes import (
    CallAgain,
    Ended,
    Left,
    NotReached,
    Reached,
    conclusion,
)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_call_that_reached_nobody_is_made_twice_more(status: str) -> None:
    first = conclusion(Ended(status, calls=1))
    second = conclusion(Ended(status, calls=2))
    third = conclusion(Ended(status, calls=3))

    assert isinstance(first, CallAgain)
    assert first.after == timedelta(minutes=2)
    assert isinstance(second, CallAgain)
    assert second.after == timedelta(minutes=5)
    assert isinstance(third, NotReached)
    assert third.reason.endswith("at the last of 3 calls")


def test_a_number_that_does_not_exist_is_called_once() -> None:
    assert conclusion(Ended("failed", calls=1, sip_code="404")) == NotReached(
        "the number does not exist"
    )


def test_a_carrier_in_trouble_is_tried_again() -> None:
    assert isinstance(conclusion(Ended("failed", calls=1, sip_code="503")), CallAgain)


@pytest.mark.parametrize("machine", ["machine_start", "machine_end_beep", "machine_end_silence"])
def test_a_machine_was_left_the_message_and_is_not_called_again(machine: str) -> None:
    assert isinstance(conclusion(Ended("completed", calls=1, answered_by=machine)), Left)


def test_a_fax_machine_hears_nothing() -> None:
    assert conclusion(Ended("completed", calls=1, answered_by="fax")) == NotReached(
        "a fax machine answered"
    )


def test_a_machine_whose_line_was_cut_counts_as_nobody() -> None:
    assert isinstance(conclusion(Ended("failed", calls=1, answered_by="machine_start")), CallAgain)


@pytest.mark.parametrize("answered_by", ["human", "unknown", None])
def test_who_listened_is_reached(answered_by: str | None) -> None:
    ended = Ended("completed", calls=1, heard=True, answered_by=answered_by)

    assert conclusion(ended) == Reached()


def test_who_hung_up_before_it_was_read_is_called_again() -> None:
    again = conclusion(Ended("completed", calls=1, answered_by="human"))

    assert isinstance(again, CallAgain)
    assert "hung up" in again.reason
