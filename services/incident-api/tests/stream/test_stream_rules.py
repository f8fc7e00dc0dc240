"""Where an event stands in the log, and what is sent of many changes at once."""

from __future__ import annotations

import pytest
from incident_api.stream.hub import MOST_WAITING, Subscription, held_pause
from incident_api.stream.model import (
    Change,
    Message,
    Position,
    Topic,
    coalesced,
    position_of,
)


def change(row: int, topic: Topic, subject: str, *ids: str) -> Change:
    return Change(Position(1, row), topic, subject, ids)


def test_an_id_is_read_back_as_it_was_written() -> None:
    assert position_of(str(Position(12, 345))) == Position(12, 345)


@pytest.mark.parametrize("nonsense", ["", "7", "a-b", "1-2-3", "-1-2", "1" * 40 + "-1"])
def test_what_is_no_id_of_ours_is_nothing(nonsense: str) -> None:
    assert position_of(nonsense) is None


def test_a_later_transaction_is_later_whatever_its_row() -> None:
    assert Position(1, 99) < Position(2, 1)


def test_many_changes_of_one_thing_are_sent_once_where_the_last_one_was() -> None:
    sent = coalesced(
        [
            change(1, Topic.DELIVERY, "one", "a", "b"),
            change(2, Topic.INCIDENT, "one", "one"),
            change(3, Topic.DELIVERY, "two", "x"),
            change(4, Topic.DELIVERY, "one", "b", "c"),
        ]
    )
    assert [(one.position.row, one.topic, one.subject_id, one.ids) for one in sent] == [
        (2, "incident", "one", ("one",)),
        (3, "delivery", "two", ("x",)),
        (4, "delivery", "one", ("a", "b", "c")),
    ]


def test_a_transaction_that_stays_open_is_asked_for_ever_more_rarely() -> None:
    assert [held_pause(times) for times in (1, 2, 3)] == [0.02, 0.04, 0.08]
    assert held_pause(10) == held_pause(100_000) == 1.0


async def test_a_reader_who_does_not_keep_up_is_told_to_begin_anew() -> None:
    slow = Subscription(Position())
    for row in range(MOST_WAITING + 1):
        slow.offer(Message("incident", "{}", "one", Position(1, row)))

    first = await slow.next()
    assert first is not None
    assert (first.event, first.id) == ("reset", Position(1, MOST_WAITING))


async def test_the_end_of_the_process_reaches_even_a_reader_who_does_not_keep_up() -> None:
    slow = Subscription(Position())
    for row in range(MOST_WAITING):
        slow.offer(Message("incident", "{}", "one", Position(1, row)))
    slow.offer(None)

    assert await slow.next() is None
