"""A webhook that takes nothing: tried over days, its owner told, switched off, and back."""

from __future__ import annotations

from typing import Any

import pytest
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, Kind, Severity, SuppressionCause

from services.dispatcher.tests.facts import address, addresses, entry, gold, opened
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

HOOK = "https://hooks.acme.example/tocsin"
AWAY = RetryLater("the endpoint answered 503")
GONE = Rejected("the endpoint answered 410: it is gone for good", SuppressionCause.FAILING)


@pytest.fixture
def hook(world: World) -> PlayedChannel:
    return world.channels[Channel.WEBHOOK]


def answers(hook: PlayedChannel, outcome: SendOutcome | None) -> None:
    def answer(message: RenderedMessage, _: Destination) -> SendOutcome:
        return outcome or Accepted(message.thread.message_id)

    hook.answer = answer


async def knows_a_webhook(world: World) -> None:
    await world.knows_acme()
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.WEBHOOK,))
    people = [one for one in addresses() if one.person != "jo"]
    plan = gold(**{severity.value: entry(rule) for severity in Severity})
    await world.knows(plan, people=[*people, address("jo", webhook=HOOK)])


async def an_outage(world: World, number: int) -> None:
    await world.hears(
        opened(world.snapshot(id=f"i-{number}", ref=f"INC-{number}", severity=Severity.SEV1))
    )
    await world.deliver()


async def days_of_silence(world: World, days: int) -> None:
    """An outage each day, tried again every two hours."""
    for day in range(days):
        await an_outage(world, 3_000 + day)
        for _ in range(12):
            world.clock.advance(hours=2)
            await world.deliver()
    await an_outage(world, 3_900 + days)
    await told(world)


async def told(world: World) -> list[str]:
    """What staff were told of an endpoint, in order."""
    await world.core.timers.fire_due()
    await world.deliver()
    notes = [one for one in world.mails if one.kind is Kind.STAFF_NOTE]
    return [one.message.text for one in notes if "webhook" in one.message.text]


async def hook_rows(world: World) -> list[dict[str, Any]]:
    return await world.rows(channel="webhook")


async def tests_it(world: World) -> None:
    await world.hears(
        e.TestRequested(
            test_id="t-1",
            client_key="acme",
            person="jo",
            channel=Channel.WEBHOOK,
            actor="ann",
            at=world.clock.now(),
        )
    )
    await world.deliver()


async def test_a_message_is_tried_for_two_days_under_one_id(
    world: World, hook: PlayedChannel
) -> None:
    await knows_a_webhook(world)
    answers(hook, AWAY)
    await an_outage(world, 2041)

    for _ in range(60):
        world.clock.advance(hours=1)
        await world.deliver()

    [row] = await hook_rows(world)
    assert (row["state"], row["attempts"]) == ("failed", 9)
    assert row["reason"] == "given up after 9 attempts: the endpoint answered 503"
    assert len(hook.sent) == 9
    assert len({sent.key for sent in hook.sent}) == 1


async def test_whatever_arrives_lets_the_rest_go_at_once(world: World, hook: PlayedChannel) -> None:
    await knows_a_webhook(world)
    answers(hook, AWAY)
    await an_outage(world, 2041)
    world.clock.advance(hours=1)
    await world.deliver()
    waiting = (await hook_rows(world))[0]
    assert waiting["due_at"] > world.clock.now()

    answers(hook, None)
    await an_outage(world, 2042)
    await world.deliver()

    assert {row["state"] for row in await hook_rows(world)} == {"accepted"}


async def test_the_account_manager_is_warned_before_it_is_switched_off(
    world: World, hook: PlayedChannel
) -> None:
    await knows_a_webhook(world)
    answers(hook, AWAY)

    await days_of_silence(world, 4)

    [warning] = await told(world)
    assert "The webhook of Jo, ACME GmbH has taken nothing since" in warning
    assert "unless something arrives it is switched off" in warning


async def test_after_five_days_it_is_switched_off_and_a_test_that_arrives_switches_it_on(
    world: World, hook: PlayedChannel
) -> None:
    await knows_a_webhook(world)
    answers(hook, AWAY)
    await days_of_silence(world, 6)

    assert "is switched off. A test message" in (await told(world))[-1]
    tried = len(hook.sent)
    await an_outage(world, 2050)
    assert len(hook.sent) == tried
    last = (await hook_rows(world))[-1]
    assert last["state"] == "skipped"
    assert last["reason"].startswith("suppressed: nothing has arrived at this endpoint since")

    answers(hook, None)
    await tests_it(world)
    await an_outage(world, 2051)

    assert (await hook_rows(world))[-1]["state"] == "accepted"
    changes = await world.published(e.SuppressionChanged)
    assert [change.lifted_at is not None for change in changes] == [False, True]
    assert changes[-1].lifted_by == "a test that arrived"


async def test_one_that_is_gone_for_good_is_switched_off_at_once(
    world: World, hook: PlayedChannel
) -> None:
    await knows_a_webhook(world)
    answers(hook, GONE)
    await an_outage(world, 2041)

    [note] = await told(world)
    assert "answered that it is gone for good (410)" in note
    [change] = await world.published(e.SuppressionChanged)
    assert change.cause is SuppressionCause.FAILING
    await an_outage(world, 2042)
    assert len(hook.sent) == 1


async def test_one_that_a_person_switches_on_again_begins_afresh(
    world: World, hook: PlayedChannel
) -> None:
    await knows_a_webhook(world)
    answers(hook, AWAY)
    await days_of_silence(world, 6)
    [change] = await world.published(e.SuppressionChanged)
    async with world.database.transaction() as conn:
        now = world.clock.now()
        await world.core.suppressions.lift(conn, change.suppression_id, now, "ann")

    await an_outage(world, 2050)

    assert (await hook_rows(world))[-1]["state"] == "pending"
    assert len(await world.published(e.SuppressionChanged)) == 2


async def test_what_a_person_sends_once_more_keeps_its_id(
    world: World, hook: PlayedChannel
) -> None:
    """The receiver sees whether it has it already."""
    await knows_a_webhook(world)
    await an_outage(world, 2041)
    [first] = await hook_rows(world)

    for _ in range(2):
        newest = (await hook_rows(world))[-1]["id"]
        await world.hears(
            e.ResendRequested(
                incident_id=first["incident_id"],
                resend_id=f"r-{newest}",
                delivery_id=newest,
                actor="ann",
                at=world.clock.now(),
            )
        )
        await world.deliver()

    assert [sent.key for sent in hook.sent] == [first["id"]] * 3
    assert len({row["id"] for row in await hook_rows(world)}) == 3


async def test_nobody_is_told_twice_whatever_is_restarted(
    world: World, hook: PlayedChannel
) -> None:
    await knows_a_webhook(world)
    answers(hook, AWAY)
    await days_of_silence(world, 4)
    before = await told(world)

    await days_of_silence(world, 0)

    assert await told(world) == before
