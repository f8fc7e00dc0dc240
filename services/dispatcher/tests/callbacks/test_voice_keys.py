"""A key during a call, and what the call does then."""

from __future__ import annotations

import pytest
from dispatcher.callbacks.voice_keys import Connect, End, Give, Read, Step, next_step
from dispatcher.channels.message import Answer, RenderedMessage, Thread
from tocsin_contracts.words import Kind

DESK = "+49 30 23125 100"


def call(*answers: Answer, dial: str | None = DESK) -> RenderedMessage:
    return RenderedMessage(
        kind=Kind.INITIAL,
        subject="Mail EU",
        text="Mail EU has been down since nine fifty-two.",
        thread=Thread("d-1"),
        from_name="Nordlicht IT",
        answers=answers,
        dial=dial,
    )


TO_A_CLIENT = call(Answer.CONFIRM, Answer.ASK)
TO_STAFF = call(Answer.TAKE, Answer.DECLINE)
FOR_NOBODY_TO_TAKE = call()


@pytest.mark.parametrize(
    ("digit", "message", "step"),
    [
        ("1", TO_A_CLIENT, Give(Answer.CONFIRM)),
        ("2", TO_A_CLIENT, Read()),
        ("3", TO_A_CLIENT, Connect(DESK)),
        ("4", TO_A_CLIENT, Read(misunderstood=True)),
        ("1", TO_STAFF, Give(Answer.TAKE)),
        ("2", TO_STAFF, Read()),
        ("3", TO_STAFF, Connect(DESK)),
        ("4", TO_STAFF, Give(Answer.DECLINE)),
        ("1", FOR_NOBODY_TO_TAKE, Read(misunderstood=True)),
        ("3", call(dial=None), Read(misunderstood=True)),
        ("*", TO_STAFF, Read(misunderstood=True)),
    ],
)
def test_a_key_means_the_same_in_every_call(
    digit: str, message: RenderedMessage, step: Step
) -> None:
    assert next_step(digit, 1, message) == step


def test_nothing_pressed_reads_it_once_more_and_then_ends() -> None:
    assert next_step("", 1, TO_A_CLIENT) == Read()
    assert next_step("", 2, TO_A_CLIENT) == End()


def test_who_asks_to_hear_it_again_hears_it_a_third_time() -> None:
    assert next_step("2", 2, TO_A_CLIENT) == Read()


def test_a_key_that_is_stuck_does_not_talk_for_ever() -> None:
    assert next_step("2", 10, TO_A_CLIENT) == End()
    assert next_step("9", 10, TO_A_CLIENT) == End()


def test_who_listened_ten_times_can_still_confirm() -> None:
    assert next_step("1", 10, TO_A_CLIENT) == Give(Answer.CONFIRM)
