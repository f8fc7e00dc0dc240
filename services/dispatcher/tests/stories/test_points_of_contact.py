"""A client's messages name whoever speaks for us with it, from the moment it is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Visibility

from services.dispatcher.tests.escalating import declined, handed_over, take_expired
from services.dispatcher.tests.facts import audience, opened, taken, updated
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.clock.advance(minutes=15)


async def contact_in_the_next_message(world: World) -> str:
    await world.deliver()
    world.mails.clear()
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    return next(line for line in world.mails[0].message.text.splitlines() if "Questions?" in line)


async def test_whoever_takes_a_client_is_named_to_it_from_then_on(world: World) -> None:
    await outage(world)
    assert "Ann, your account manager" in await contact_in_the_next_message(world)

    await world.hears_escalation(taken(world.snapshot(), world.clock.now()))

    assert "Tom Klein is your contact" in await contact_in_the_next_message(world)


async def test_handed_over_it_stays_with_the_first_until_the_second_takes_it(
    world: World,
) -> None:
    await outage(world)
    now = world.clock.now()
    await world.hears_escalation(handed_over(world.snapshot(), now))
    assert "Ann Weiss is your contact" in await contact_in_the_next_message(world)

    await world.hears_escalation(taken(world.snapshot(), now + timedelta(minutes=2)))
    assert "Tom Klein is your contact" in await contact_in_the_next_message(world)


async def test_whoever_passes_it_on_is_named_no_more(world: World) -> None:
    await outage(world)
    now = world.clock.now()
    await world.hears_escalation(taken(world.snapshot(), now))
    other = {"person": "ann", "person_name": "Ann Weiss"}
    await world.hears_escalation(declined(world.snapshot(), now + timedelta(minutes=1), **other))
    assert "Tom Klein is your contact" in await contact_in_the_next_message(world)

    await world.hears_escalation(declined(world.snapshot(), now + timedelta(minutes=2)))
    assert "Ann, your account manager" in await contact_in_the_next_message(world)


async def test_a_take_that_ran_out_names_nobody_any_more(world: World) -> None:
    await outage(world)
    now = world.clock.now()
    await world.hears_escalation(taken(world.snapshot(), now))
    await world.hears_escalation(take_expired(world.snapshot(), now + timedelta(minutes=30)))

    assert "Ann, your account manager" in await contact_in_the_next_message(world)


async def test_taken_before_the_first_word_the_first_word_names_them(world: World) -> None:
    await world.knows_acme()
    internal = world.snapshot(visibility=Visibility.INTERNAL)
    await world.hears(opened(internal, kind=None))
    await world.hears_escalation(taken(internal, world.clock.now()))

    published = e.IncidentPublished(
        incident=world.snapshot(),
        audience_version=1,
        actor="key:noc",
        kind=Kind.INITIAL,
        audience=audience(),
    )
    await world.hears(published)
    await world.deliver()

    assert "Tom Klein is your contact" in world.mails[0].message.text


async def test_a_client_never_reads_the_name_of_a_key(world: World) -> None:
    await outage(world)
    operator = {"person": "key:noc", "person_name": "noc"}
    await world.hears_escalation(taken(world.snapshot(), world.clock.now(), **operator))

    assert "Ann, your account manager" in await contact_in_the_next_message(world)
