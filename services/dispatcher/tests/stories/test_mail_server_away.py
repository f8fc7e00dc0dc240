"""The provider of a channel is away, slow, or refuses: nobody else waits, and nothing is lost."""

from __future__ import annotations

import pytest
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
    Unknown,
)
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState

from services.dispatcher.tests.facts import (
    both_channels,
    opened,
    slack_of_jo,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


def away(_: RenderedMessage, __: Destination) -> SendOutcome:
    return RetryLater("connection refused")


async def test_ten_minutes_without_a_mail_server_and_all_are_told_when_it_is_back(
    world: World,
) -> None:
    await world.knows_acme()
    mail = world.channels[Channel.EMAIL]
    mail.answer = away

    await world.hears(opened(world.snapshot()))
    for _ in range(60):
        await world.deliver()
        world.clock.advance(seconds=10)
    assert {row["state"] for row in await world.rows()} == {"pending"}

    mail.answer = None
    mail.sent.clear()
    world.clock.advance(minutes=1)
    await world.deliver()
    assert sorted(sent.address for sent in mail.sent) == ["jo@acme.example", "mia@acme.example"]
    assert {row["state"] for row in await world.rows()} == {"accepted"}


async def test_only_the_first_retry_is_news(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = away

    await world.hears(opened(world.snapshot()))
    for _ in range(10):
        await world.deliver()
        world.clock.advance(minutes=2)

    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    assert [(o.state, o.attempt) for o in outcomes] == [(DeliveryState.PENDING, 1)] * 2


async def test_a_provider_that_is_away_delays_no_other_channel(world: World) -> None:
    await world.knows_acme()
    await world.knows(*both_channels(), people=[slack_of_jo()])
    world.channels[Channel.EMAIL].answer = away

    await world.hears(opened(world.snapshot()))
    await world.deliver()

    assert [sent.address for sent in world.channels[Channel.SLACK].sent] == ["C0JO"]


async def test_an_address_that_is_refused_at_once_fails_alone(world: World) -> None:
    await world.knows_acme()

    def no_such_user(_: RenderedMessage, to: Destination) -> SendOutcome:
        if to.address.startswith("jo@"):
            return Rejected("550 no such user")
        return Accepted("id")

    world.channels[Channel.EMAIL].answer = no_such_user
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    states = {row["person"]: (row["state"], row["reason"]) for row in await world.rows()}
    assert states == {"jo": ("failed", "550 no such user"), "mia": ("accepted", None)}


async def test_where_the_first_message_failed_for_good_the_next_begins_the_thread(
    world: World,
) -> None:
    await world.knows_acme()
    mail = world.channels[Channel.EMAIL]
    mail.answer = lambda *_: Rejected("552 mailbox full")
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    mail.answer = None
    mail.sent.clear()
    await world.hears(updated(world.snapshot()))
    await world.hears(updated(world.snapshot(), "It is copied."))
    await world.deliver()
    await world.hears(updated(world.snapshot(), "Nearly done."))
    await world.deliver()

    first, *later = (s for s in mail.sent if s.address == "jo@acme.example")
    assert first.message.thread.root_id is None
    assert {s.message.thread.root_id for s in later} == {first.message.thread.message_id}


async def test_an_answer_that_was_lost_is_repeated_once_with_the_same_id(world: World) -> None:
    await world.knows_acme()
    mail = world.channels[Channel.EMAIL]
    mail.answer = lambda *_: Unknown("cut after DATA")

    await world.hears(opened(world.snapshot()))
    for _ in range(5):
        await world.deliver()
        world.clock.advance(minutes=1)

    to_jo = [sent for sent in mail.sent if sent.address == "jo@acme.example"]
    assert len(to_jo) == 2
    assert to_jo[0].key == to_jo[1].key
    assert to_jo[0].message.thread.message_id == to_jo[1].message.thread.message_id
    assert {row["state"] for row in await world.rows()} == {"unknown"}


async def test_mail_that_may_have_arrived_is_what_the_next_one_refers_to(world: World) -> None:
    await world.knows_acme()
    mail = world.channels[Channel.EMAIL]
    mail.answer = lambda *_: Unknown("cut after DATA")
    await world.hears(opened(world.snapshot()))
    for _ in range(3):
        await world.deliver()
        world.clock.advance(minutes=1)
    first = mail.sent[0].message.thread.message_id

    mail.answer = None
    await world.hears(updated(world.snapshot()))
    await world.deliver()

    roots = {sent.message.thread.root_id for sent in mail.sent[-2:]}
    assert first in roots


async def test_an_error_of_ours_on_one_row_fails_that_row_alone(world: World) -> None:
    await world.knows_acme()

    def bug(_: RenderedMessage, to: Destination) -> SendOutcome:
        if to.address.startswith("jo@"):
            raise ZeroDivisionError
        return Accepted("id")

    world.channels[Channel.EMAIL].answer = bug
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    states = {row["person"]: row["state"] for row in await world.rows()}
    assert states == {"jo": "failed", "mia": "accepted"}
