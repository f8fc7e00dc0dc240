"""The demo's exit code: 0 only if everybody the story promises was told, and nobody else."""

from __future__ import annotations

import pytest

from devstack.demo.check import Message, verdict
from devstack.demo.expected import EXPECTED, Expected


def received(expected: Expected) -> Message:
    to = expected.to
    address = f"http://127.0.0.1:7403/webhooks/{to}" if expected.channel == "webhook" else to
    return {
        "channel": expected.channel,
        "to": [address],
        "subject": "Mail EU: disruption on 24 November [INC-1]",
        "text": f"Hello,\n{expected.says}\nbye",
        "thread": f"thread of {to}",
    }


def test_everything_the_story_promises_ends_with_0() -> None:
    assert verdict([received(each) for each in EXPECTED]).exit_code == 0


@pytest.mark.parametrize("dropped", EXPECTED, ids=lambda each: f"{each.step} to {each.to}")
def test_any_one_message_dropped_ends_with_1_and_is_named(dropped: Expected) -> None:
    found = verdict([received(each) for each in EXPECTED if each != dropped])
    assert found.exit_code == 1
    assert found.missing == (dropped,)


def test_nothing_received_ends_with_1() -> None:
    assert verdict([]).exit_code == 1


def test_a_client_that_is_not_concerned_must_not_be_told() -> None:
    stray = received(Expected("first notice", "lou@cantina.example", "email", "anything"))
    found = verdict([*map(received, EXPECTED), stray])
    assert (found.exit_code, found.wrongly_told) == (1, ("lou@cantina.example",))


def test_an_update_outside_its_thread_ends_with_1() -> None:
    messages = [received(each) for each in EXPECTED]
    messages[-1] = {**messages[-1], "thread": "another"}
    messages.append({**messages[-1], "thread": "a third"})
    found = verdict(messages)
    assert (found.exit_code, found.torn) == (1, (EXPECTED[-1].to,))
