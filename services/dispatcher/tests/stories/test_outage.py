"""One outage, from the first alert to the closing note, as the mailbox sees it."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Status, Visibility

from services.dispatcher.tests.facts import (
    closed,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_everyone_the_plan_names_is_told_once(world: World) -> None:
    await world.knows_acme()

    await world.hears(opened(world.snapshot()))
    await world.deliver()

    assert sorted(sent.address for sent in world.mails) == ["jo@acme.example", "mia@acme.example"]
    assert {row["state"] for row in await world.rows()} == {"accepted"}
    assert await world.deliver() == 0


async def test_the_rest_of_the_chain_hears_of_the_plan_and_of_its_outcome(world: World) -> None:
    await world.knows_acme()

    await world.hears(opened(world.snapshot()))
    await world.deliver()

    [planned] = await world.published(e.NotificationPlanned)
    assert planned.kind is Kind.INITIAL
    assert {row.because for row in planned.deliveries} == {
        "IT lead of ACME GmbH: ACME GmbH uses Mail EU",
        "CEO of ACME GmbH: ACME GmbH uses Mail EU",
    }
    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    assert {o.delivery_id for o in outcomes} == {row.delivery_id for row in planned.deliveries}
    assert {(o.state, o.attempt) for o in outcomes} == {("accepted", 1)}


async def test_what_follows_goes_into_the_thread_of_the_first_message(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    world.clock.advance(minutes=20)
    await world.hears(updated(world.snapshot(status=Status.IDENTIFIED)))
    await world.deliver()
    await world.hears(
        resolved(world.snapshot(status=Status.RESOLVED, resolved_at=world.clock.now()))
    )
    await world.deliver()
    await world.hears(closed(world.snapshot(status=Status.CLOSED, resolved_at=world.clock.now())))
    await world.deliver()

    to_jo = [sent for sent in world.mails if sent.address == "jo@acme.example"]
    assert [sent.kind for sent in to_jo] == [
        Kind.INITIAL,
        Kind.UPDATE,
        Kind.RESOLVED,
        Kind.CLOSURE,
    ]
    first = to_jo[0].message
    assert first.thread.root_id is None
    for later in to_jo[1:]:
        assert later.message.thread.root_id == first.thread.message_id
        assert later.message.thread.subject == first.subject


async def test_an_internal_incident_tells_nobody(world: World) -> None:
    await world.knows_acme()

    await world.hears(opened(world.snapshot(visibility=Visibility.INTERNAL), kind=None))
    await world.deliver()

    assert world.mails == []
    assert await world.rows() == []
