"""The demo's exit code: 0 only if everybody the story promises was told, and nobody else."""

from __future__ import annotations

import pytest

from devstack.demo.check import Message, verdict
from devstack.demo.expected import EXPECTED, Expected

URLS = {
    "webhook": "http://127.0.0.1:7403/webhooks/{}",
    "teams": "http://127.0.0.1:7403/workflows/{}/triggers/manual/paths/invoke?sig=secret",
}


def received(expected: Expected) -> Message:
    to = expected.to
    address = URLS.get(expected.channel, "{}").format(to)
    return {
        "channel": expected.channel,
        "to": [address],
        "subject": "Mail EU: disruption on 24 November [INC-1]",
        "text": f"Hello,\n{expected.says}\nbye {expected.reader}",
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
    assert found.exit_code == 1
    assert [each.split()[0] for each in found.surplus] == ["lou@cantina.example"]


@pytest.mark.parametrize("twice", EXPECTED, ids=lambda each: f"{each.step} to {each.to}")
def test_a_message_sent_twice_ends_with_1_and_is_named(twice: Expected) -> None:
    found = verdict([*map(received, EXPECTED), received(twice)])
    assert (found.exit_code, len(found.surplus), found.missing) == (1, 1, ())


def test_a_copy_for_another_reader_of_the_list_ends_with_1() -> None:
    jo, mara = _first("jo@acme.example"), _first("mara@acme.example")
    astray = {**received(jo), "to": [mara.to], "thread": received(mara)["thread"]}
    found = verdict([*map(received, EXPECTED), astray])
    assert (found.exit_code, len(found.surplus)) == (1, 1)


def test_two_readers_who_get_each_others_mail_end_with_1() -> None:
    jo, mara = _first("jo@acme.example"), _first("mara@acme.example")
    others = [received(each) for each in EXPECTED if each not in (jo, mara)]
    swapped = [
        {**received(jo), "to": received(mara)["to"], "thread": received(mara)["thread"]},
        {**received(mara), "to": received(jo)["to"], "thread": received(jo)["thread"]},
    ]
    found = verdict([*others, *swapped])
    assert found.exit_code == 1
    assert set(found.missing) == {jo, mara}


def _first(to: str) -> Expected:
    return next(each for each in EXPECTED if each.to == to)


def test_an_update_outside_its_thread_ends_with_1() -> None:
    messages = [received(each) for each in EXPECTED]
    mail = next(number for number, each in enumerate(EXPECTED) if each.channel == "email")
    messages[mail] = {**messages[mail], "thread": "another"}
    found = verdict(messages)
    assert (found.exit_code, found.torn) == (1, (EXPECTED[mail].to,))
