"""News that was overtaken before it went out is not sent after the newer one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.channels.port import (
    Accepted,
    Destination,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind, Status

from services.dispatcher.tests.facts import (
    address,
    audience,
    closed,
    concerned,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


def away(_: RenderedMessage, __: Destination) -> SendOutcome:
    return RetryLater("connection refused")


async def back(world: World) -> list[tuple[Kind, str]]:
    """The mail server is back; what Jo reads then, kind and text."""
    mail = world.channels[Channel.EMAIL]
    mail.answer = None
    mail.sent.clear()
    for _ in range(5):
        world.clock.advance(minutes=1)
        await world.deliver()
    return [(s.kind, s.message.text) for s in mail.sent if s.address == "jo@acme.example"]


async def told_then_away(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.channels[Channel.EMAIL].answer = away


async def test_a_newer_update_replaces_a_pending_one_and_carries_what_it_said(
    world: World,
) -> None:
    await told_then_away(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()
    await world.hears(updated(world.snapshot(), "Mail is being moved."))

    read = await back(world)
    assert [kind for kind, _ in read] == [Kind.UPDATE]
    assert "A controller has failed." in read[0][1]
    assert "Mail is being moved." in read[0][1]
    states = [row["state"] for row in await world.rows(person="jo")]
    assert states == ["accepted", "superseded", "accepted"]
    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    assert [o.state for o in outcomes].count(DeliveryState.SUPERSEDED) == 2


async def test_an_update_to_one_who_read_the_last_one_repeats_nothing(world: World) -> None:
    await told_then_away(world)
    mail = world.channels[Channel.EMAIL]

    def only_jo_is_away(message: RenderedMessage, to: Destination) -> SendOutcome:
        return away(message, to) if to.address.startswith("jo@") else Accepted("id")

    mail.answer = only_jo_is_away
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()
    await world.hears(updated(world.snapshot(), "Mail is being moved."))
    await world.deliver()

    [last] = [s.message.text for s in mail.sent if s.address == "mia@acme.example"][-1:]
    assert "Mail is being moved." in last
    assert "A controller has failed." not in last


async def test_an_initial_still_pending_at_the_resolve_becomes_one_message(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = away
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    now = world.clock.advance(minutes=30)
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    read = await back(world)
    assert [kind for kind, _ in read] == [Kind.RESOLVED]
    async with world.database.connection() as conn:
        notice = await conn.fetchval("SELECT notice FROM messages WHERE kind = 'resolved'")
    assert notice["initial_never_sent"] is True


async def test_what_waits_for_an_address_that_changed_is_replaced_too(world: World) -> None:
    await told_then_away(world)
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    await world.knows(people=[address("jo", email="moved@acme.example")])
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    await back(world)
    to_jo = [sent.kind for sent in world.mails if sent.address == "moved@acme.example"]
    assert to_jo == [Kind.RESOLVED]


async def test_two_who_shared_an_address_and_do_not_any_more_both_read_what_they_missed(
    world: World,
) -> None:
    await told_then_away(world)
    await world.knows(people=[address("mia", email="jo@acme.example")])
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()
    await world.knows(people=[address("jo", email="moved@acme.example")])
    await world.hears(updated(world.snapshot(), "Mail is being moved."))

    await back(world)
    read = {sent.address: sent.message.text for sent in world.mails}
    assert read.keys() == {"jo@acme.example", "moved@acme.example"}
    assert all("A controller has failed." in text for text in read.values())
    states = [row["state"] for row in await world.rows(kind="update")]
    assert states == ["superseded", "accepted", "accepted"]


def reopened(world: World, message: str | None = None) -> e.IncidentReopened:
    now = world.clock.now()
    return e.IncidentReopened(
        incident=world.snapshot(),
        audience_version=1,
        actor="key:noc",
        kind=Kind.REOPENED,
        message=message,
        reopened_at=now,
        was_resolved_at=now - timedelta(minutes=2),
        next_update_due={"acme": now + timedelta(minutes=30)},
    )


async def resolves_and_reopens(world: World) -> None:
    """Within a short time, while the mail server is away."""
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()
    world.clock.advance(minutes=2)
    await world.hears(reopened(world, "The controller failed once more."))
    await world.deliver()


async def test_a_reopening_says_nothing_of_a_resolve_that_nobody_was_told_of(world: World) -> None:
    await told_then_away(world)
    await resolves_and_reopens(world)

    [(kind, text)] = await back(world)
    assert kind is Kind.REOPENED
    assert "we told you" not in text
    assert "until then it seemed to be resolved." in text
    assert "The controller failed once more." in text


async def test_a_reopening_that_is_the_first_word_reads_as_the_first_word(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = away
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await resolves_and_reopens(world)

    [(kind, text)] = await back(world)
    assert kind is Kind.INITIAL
    assert "again" not in text
    assert "we told you" not in text
    assert "The controller failed once more." in text


async def test_a_reopening_is_not_late_for_a_promise_that_the_resolve_kept(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()
    promised = concerned().next_update_due
    assert promised is not None
    world.clock.set(promised + timedelta(minutes=20))
    await world.hears(reopened(world))
    await world.deliver()

    [reopening] = [s for s in world.mails if s.kind is Kind.REOPENED and s.address.startswith("jo")]
    assert "late" not in reopening.message.text
    assert "Next update by" in reopening.message.text


async def test_a_closure_is_never_replaced_and_comes_after_the_resolve(world: World) -> None:
    await told_then_away(world)
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()
    await world.hears(closed(world.snapshot(status=Status.CLOSED, resolved_at=now)))

    assert [kind for kind, _ in await back(world)] == [Kind.RESOLVED, Kind.CLOSURE]


async def test_an_outage_over_before_its_first_batch_is_read_is_told_in_one_message(
    world: World,
) -> None:
    await world.knows_acme()
    now = world.clock.now()

    await world.hears(
        opened(world.snapshot()),
        updated(world.snapshot()),
        resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)),
    )
    await world.deliver()

    assert {sent.kind for sent in world.mails} == {Kind.RESOLVED}
    states = [row["state"] for row in await world.rows(person="jo")]
    assert states == ["superseded", "superseded", "accepted"]


async def test_a_client_that_is_no_longer_concerned_gets_nothing_more(world: World) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = away
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(client_key="other"), version=2),
            removed=("acme",),
        )
    )
    await world.hears(updated(world.snapshot()))

    assert await back(world) == []
    assert {row["state"] for row in await world.rows()} == {"skipped"}
