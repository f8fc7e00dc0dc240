"""Two events of one outage arrive together: deciding the second holds what the first planned."""

from __future__ import annotations

import pytest
from dispatcher.intake.intake import Intake, Rules
from dispatcher.planning.ledger import Ledger
from tocsin_contracts.words import Channel
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests.facts import opened, taken
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_a_message_passed_over_while_it_was_held_is_looked_at_again(world: World) -> None:
    woken: list[set[Channel]] = []

    def planned(ledger: Ledger) -> None:
        woken.append(ledger.channels_with_open_rows())

    intake = Intake(
        database=world.database,
        outbox=world.core.outbox,
        clock=world.clock,
        rules=Rules(channels={Channel.EMAIL}),
        planned=planned,
    )
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    second = taken(world.snapshot(), world.clock.now())
    event = new_event(second, source="test", subject=second.incident.id, now=world.clock.now())

    async with world.database.transaction() as conn:
        await intake.escalations(conn, [event])
        assert await world.deliver() == 0  # the worker meets the held rows, and passes on

    assert woken
    assert Channel.EMAIL in woken[0]
    assert await world.deliver() > 0
