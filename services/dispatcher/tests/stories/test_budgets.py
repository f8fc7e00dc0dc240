"""Texts and calls: a throttle for each telephone, a budget for each client, a person asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tocsin_contracts.directory import Budget, Cap, NotifyRule
from tocsin_contracts.words import Channel, Kind, Severity

from services.dispatcher.tests.facts import address
from services.dispatcher.tests.minor import gold_with, knows, later, opens, with_sms
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

PHONE = "+49 30 23125207"
BY_SMS = NotifyRule(roles=("it_lead",), channels=(Channel.SMS,))
USED_UP = "the budget of 2 text messages an hour for ACME GmbH is used up; a person is asked"


async def ready(world: World, **given: Any) -> PlayedChannel:
    sms = with_sms(world)
    await knows(
        world,
        gold_with(BY_SMS, group_minutes=Decimal(0), **given),
        people=[address("jo", email="jo@acme.example", phone=PHONE)],
    )
    return sms


async def outages(world: World, count: int, start: int = 2001, **given: Any) -> None:
    for number in range(start, start + count):
        await opens(world, number, **given)


async def states(world: World) -> list[str]:
    return [row["state"] for row in await world.rows(channel="sms", kind="initial")]


async def notes(world: World) -> list[str]:
    await world.core.timers.fire_due()
    await world.deliver()
    return [
        sent.message.text.partition("\n")[0] for sent in world.mails if sent.kind is Kind.STAFF_NOTE
    ]


async def test_a_plan_without_a_cap_throttles_texts_to_five_in_a_quarter_of_an_hour(
    world: World,
) -> None:
    sms = await ready(world)
    await outages(world, 6)
    assert len(sms.sent) == 5
    [held] = await world.rows(state="waiting")
    assert held["reason"] == "waits for others: at most 5 messages in 15 minutes"

    await later(world, minutes=15)

    assert len(sms.sent) == 6


async def test_a_cap_for_one_channel_goes_before_the_plans_own(world: World) -> None:
    caps = {Channel.SMS: Cap(messages=1, per_minutes=Decimal(10))}
    cap = Cap(messages=100, per_minutes=Decimal(10))
    sms = await ready(world, caps=caps, cap=cap)

    await outages(world, 2)

    assert len(sms.sent) == 1


async def test_major_outages_pass_every_throttle_and_budget(world: World) -> None:
    sms = await ready(world, budget=Budget(sms_per_hour=2))

    await outages(world, 8, severity=Severity.SEV2)

    assert len(sms.sent) == 8
    assert await notes(world) == []


async def test_past_the_budget_texts_wait_and_a_person_is_asked_once(world: World) -> None:
    sms = await ready(world, budget=Budget(sms_per_hour=2))

    await outages(world, 4)

    assert await states(world) == ["accepted", "accepted", "waiting", "waiting"]
    held = (await world.rows(state="waiting"))[0]
    assert held["reason"] == USED_UP
    [note] = await notes(world)
    assert note.startswith("The budget of 2 text messages an hour for ACME GmbH is used up.")
    await later(world, minutes=5)
    assert len(sms.sent) == 2
    assert len(await notes(world)) == 1


async def test_an_hour_later_there_is_room_again(world: World) -> None:
    sms = await ready(world, budget=Budget(sms_per_hour=2))
    await outages(world, 3)

    await later(world, minutes=60)

    assert len(sms.sent) == 3


async def test_many_at_once_do_not_slip_past_the_budget(world: World) -> None:
    """Twenty readers of one outage are claimed together; each counts for the next."""
    sms = with_sms(world)
    everyone = NotifyRule(roles=("it_lead", "ceo"), channels=(Channel.SMS,))
    await knows(
        world,
        gold_with(everyone, group_minutes=Decimal(0), budget=Budget(sms_per_hour=1)),
        people=[
            address("jo", email="jo@acme.example", phone=PHONE),
            address("kim", email="kim@acme.example", phone="+49 30 23125208"),
        ],
    )

    await opens(world)

    assert len(await world.rows(channel="sms", kind="initial")) == 2
    assert len(sms.sent) == 1
