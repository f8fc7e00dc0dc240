"""Channels one after another, and the order that a person prefers."""

from __future__ import annotations

from tocsin_contracts.staff import StaffMember
from tocsin_contracts.words import Channel

from services.escalation.tests.policies.walking import people, walk
from services.escalation.tests.provider import UNRESOLVED, step

TOM = "Tom Klein"
PHONE_FIRST = StaffMember(key="tom", name=TOM, channels=(Channel.VOICE, Channel.SMS))


def test_channels_take_turns_three_minutes_apart_and_rounds_ten() -> None:
    rule = step(UNRESOLVED, "deputy", channels=["email", "sms", "voice"], in_turn=True, repeat=1)

    assert walk(rule).to(120).calls == [
        (0, TOM, "email"),
        (3, TOM, "sms"),
        (6, TOM, "voice"),
        (16, TOM, "email"),
        (19, TOM, "sms"),
        (22, TOM, "voice"),
    ]


def test_the_distances_are_the_steps_own() -> None:
    rule = step(
        UNRESOLVED,
        "deputy",
        channels=["email", "sms"],
        in_turn=True,
        next_channel_after_minutes=1,
        repeat=1,
        every_minutes=7,
    )

    assert [minute for minute, _, _ in walk(rule).to(60).calls] == [0, 1, 8, 9]


def test_turns_go_in_the_order_that_the_person_prefers() -> None:
    rule = step(UNRESOLVED, "deputy", channels=["email", "sms", "voice"], in_turn=True)
    walked = walk(rule)
    walked.holders = people(deputy=PHONE_FIRST)

    assert [channel for _, _, channel in walked.to(60).calls] == ["voice", "sms", "email"]


def test_without_channels_of_the_step_each_person_is_called_on_their_own() -> None:
    rule = step(UNRESOLVED, "account_manager", "deputy", channels=[])
    walked = walk(rule)
    walked.holders = people(deputy=PHONE_FIRST)

    assert walked.to(60).calls == [(0, "Ann Weiss", "email"), (0, TOM, "voice+sms")]


def test_who_has_fewer_channels_of_their_own_begins_again_in_the_same_round() -> None:
    rule = step(UNRESOLVED, "account_manager", "deputy", channels=[], in_turn=True)
    walked = walk(rule)
    walked.holders = people(deputy=PHONE_FIRST)

    assert walked.to(60).calls == [
        (0, "Ann Weiss", "email"),
        (0, TOM, "voice"),
        (3, "Ann Weiss", "email"),
        (3, TOM, "sms"),
    ]


def test_nobody_took_it_is_said_after_the_last_channel_was_waited_for() -> None:
    rule = step(UNRESOLVED, "deputy", channels=["email", "sms"], in_turn=True)

    assert walk(rule).to(120).exhausted == [13]
