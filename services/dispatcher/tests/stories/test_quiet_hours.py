"""What can wait until the morning waits until the reader's morning; what cannot does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import DeliveryState, Kind, Severity

from services.dispatcher.tests.facts import acme, closed, jo, mia, opened, resolved, updated
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    NIGHT,
    SATURDAY_SEVEN,
    gold_with,
    knows,
    minor,
    opens,
    promising,
    raised,
    resolved_at,
    until,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_friday_night_a_moderate_outage_waits_for_seven_in_berlin(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))

    await opens(world)

    assert world.mails == []
    [planned] = await world.published(e.NotificationPlanned)
    [row] = planned.deliveries
    assert row.state is DeliveryState.WAITING
    assert row.reason == "waits until 07:00 CET: quiet hours of Jo Frei"
    assert row.waits_until == SATURDAY_SEVEN

    await until(world, SATURDAY_SEVEN - timedelta(seconds=1))
    assert world.mails == []
    await until(world, SATURDAY_SEVEN)
    assert [sent.kind for sent in world.mails] == [Kind.INITIAL]


async def test_each_reader_has_a_morning_of_their_own(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    in_lisbon = acme(jo(), mia(timezone="Europe/Lisbon", roles=("it_lead",)))
    await knows(world, gold_with(quiet_hours=NIGHT), in_lisbon)
    await opens(world)

    await until(world, SATURDAY_SEVEN)
    assert [sent.address for sent in world.mails] == ["jo@acme.example"]
    await until(world, SATURDAY_SEVEN + timedelta(hours=1))
    assert [sent.address for sent in world.mails] == ["jo@acme.example", "mia@acme.example"]


@pytest.mark.parametrize("severity", [Severity.SEV1, Severity.SEV2])
async def test_a_critical_or_major_outage_wakes_people(world: World, severity: Severity) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))

    await opens(world, severity=severity)

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL]


async def test_what_waited_goes_at_once_when_the_outage_becomes_major(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world)

    world.clock.advance(minutes=10)
    await raised(world, Severity.SEV2)

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL, Kind.UPDATE]


async def test_it_goes_although_nobody_wrote_that_it_became_major(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world)

    await raised(world, Severity.SEV1, kind=None)

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL]


async def test_an_outage_that_opened_and_became_major_in_one_batch_does_not_wait(
    world: World,
) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))

    await world.hears(
        opened(minor(world), audience=promising(world)),
        e.IncidentChanged(
            incident=minor(world, severity=Severity.SEV1),
            audience_version=1,
            actor="key:noc",
            changed=("severity",),
            before=e.Before(severity=Severity.SEV3),
        ),
    )
    await world.deliver()

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL]


async def test_of_a_nights_updates_the_morning_brings_one(world: World) -> None:
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world)
    world.clock.set(FRIDAY_LATE)
    for text in ("A disk failed.", "The disk is replaced.", "It is being copied."):
        world.clock.advance(minutes=30)
        await world.hears(updated(minor(world), text))
        await world.deliver()
    assert len(world.mails) == 1

    await until(world, SATURDAY_SEVEN)

    [_, news] = world.mails
    assert news.kind is Kind.UPDATE
    for text in ("A disk failed.", "The disk is replaced.", "It is being copied."):
        assert text in news.message.text


async def test_an_outage_of_the_night_is_one_message_in_the_morning(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world)
    world.clock.advance(hours=2)
    await world.hears(resolved(resolved_at(world)))

    await until(world, SATURDAY_SEVEN)

    assert [sent.kind for sent in world.mails] == [Kind.RESOLVED]


async def test_a_closing_note_waits_too_and_is_replaced_by_nothing(world: World) -> None:
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world)
    world.clock.set(FRIDAY_LATE)
    await world.hears(resolved(resolved_at(world)))
    await world.hears(closed(resolved_at(world)))
    assert len(world.mails) == 1

    await until(world, SATURDAY_SEVEN)

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL, Kind.RESOLVED, Kind.CLOSURE]


async def test_a_retry_does_not_ring_at_night_either(world: World) -> None:
    from dispatcher.channels.port import Accepted, RetryLater
    from tocsin_contracts.words import Channel

    await knows(world, gold_with(quiet_hours=NIGHT))
    world.clock.set(FRIDAY_LATE - timedelta(minutes=101))  # 21:59 in Berlin
    email = world.channels[Channel.EMAIL]
    email.answer = lambda message, to: RetryLater("421 try later", timedelta(minutes=5))
    await opens(world)
    assert len(email.sent) == 1

    email.answer = lambda message, to: Accepted("id")
    await until(world, FRIDAY_LATE)
    assert len(email.sent) == 1
    await until(world, SATURDAY_SEVEN)
    assert len(email.sent) == 2


async def test_a_plan_that_changes_at_night_lets_nothing_go_before_the_morning(
    world: World,
) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world)

    await world.knows(gold_with())
    await until(world, FRIDAY_LATE + timedelta(hours=2))

    assert world.mails == []


async def test_in_the_morning_nothing_is_promised_for_the_night(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    await opens(world, eta=FRIDAY_LATE + timedelta(hours=3))

    await until(world, SATURDAY_SEVEN)

    [sent] = world.mails
    assert "Next update by" not in sent.message.text
    assert "We expect" not in sent.message.text
    assert "since Friday 27 November, 23:40 CET" in sent.message.text


async def test_what_is_promised_for_after_the_night_is_said_in_the_morning(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    later = SATURDAY_SEVEN + timedelta(hours=2)
    await world.hears(opened(minor(world), audience=promising(world, next_update_due=later)))

    await until(world, SATURDAY_SEVEN)

    [sent] = world.mails
    assert "Next update by 09:00 CET" in sent.message.text


async def test_what_waited_for_the_directory_while_it_became_critical_wakes_its_reader(
    world: World,
) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    behind = promising(world, client_revision=world.revision + 1)
    await world.hears(opened(minor(world), audience=behind))
    await raised(world, Severity.SEV1, kind=None)

    await knows(world, gold_with(quiet_hours=NIGHT))
    await world.core.releaser.release()
    await world.deliver()

    assert [sent.kind for sent in world.mails] == [Kind.INITIAL]
