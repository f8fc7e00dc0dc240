"""Slack's pace, and edits that it does not take at once: nothing is lost, nobody else waits."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.chatting import Chat, chatting, shown
from services.dispatcher.tests.facts import (
    acme,
    addresses,
    both_channels,
    jo,
    mail_eu,
    opened,
    provider,
    slack_of_jo,
    team,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def told(world: World) -> World:
    await world.knows(
        provider(),
        mail_eu(),
        *both_channels(),
        team(),
        acme(jo()),
        people=[*addresses(), slack_of_jo()],
    )
    return world


@pytest_asyncio.fixture
async def chat(told: World, sandbox: Sandbox) -> AsyncIterator[Chat]:
    async with chatting(told, sandbox) as made:
        yield made


async def test_a_message_that_waits_for_its_turn_has_not_been_tried(
    told: World, sandbox: Sandbox
) -> None:
    async with chatting(told, sandbox, slack_seconds_per_message=30) as chat:
        await told.hears(opened(told.snapshot()))
        await told.hears(opened(told.snapshot(id="0193-second", ref="INC-2042")))
        await chat.deliver()

        first, second = await told.rows(channel="slack")
        assert (first["state"], second["state"]) == ("accepted", "pending")
        assert second["attempts"] == 0
        assert second["reason"].startswith("waits for its turn")
        wait = (second["due_at"] - told.clock.now()).total_seconds()
        assert 25 < wait <= 30
        assert len(told.mails) == 2


async def test_an_edit_that_slack_does_not_take_now_is_made_later(
    chat: Chat, sandbox: Sandbox
) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    await chat.deliver()
    await chat.world.hears(updated(chat.world.snapshot(), message="We found the cause."))
    await chat.world.deliver()
    sandbox.fault("slack", "rate_limit", retry_after=7, count=1)
    await chat.world.core.editor.run_due()
    assert "We found the cause" not in shown(chat.posts()[0])

    chat.world.clock.advance(seconds=6)
    assert await chat.world.core.editor.run_due() == 0
    chat.world.clock.advance(seconds=1)
    await chat.world.core.editor.run_due()

    assert "We found the cause" in shown(chat.posts()[0])


async def test_an_edit_that_is_refused_for_good_is_left_until_the_next_change(
    chat: Chat, sandbox: Sandbox
) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    await chat.deliver()
    await chat.world.hears(updated(chat.world.snapshot(), message="We found the cause."))
    await chat.world.deliver()
    sandbox.fault("slack", "reject", code="cant_update_message", count=1)
    await chat.world.core.editor.run_due()
    chat.world.clock.advance(minutes=1)
    assert await chat.world.core.editor.run_due() == 0

    await chat.world.hears(updated(chat.world.snapshot(), message="The part is being replaced."))
    await chat.deliver()

    assert "The part is being replaced" in shown(chat.posts()[0])


async def test_what_stands_there_already_is_not_edited_again(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    await chat.reads(message, click="Got it")
    [row] = await chat.world.rows(channel="slack")

    chat.world.core.editor.answered(row["id"])
    await chat.world.core.editor.run_due()

    assert chat.posts()[0]["edits"] == 1
