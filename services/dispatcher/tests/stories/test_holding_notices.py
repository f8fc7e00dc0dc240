"""Nobody had published yet: we are checking. Then it is an outage, or it was nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dispatcher.channels.port import Rejected, RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.incident import IncidentUpdate, KeptPromises
from tocsin_contracts.words import Channel, Kind, Status, Visibility

from services.dispatcher.tests.facts import (
    START,
    audience,
    closed,
    concerned,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

NEXT_WORD = START + timedelta(minutes=28)
HIDDEN: dict[str, Any] = {"visibility": Visibility.INTERNAL}
CHECKED: dict[str, Any] = {**HIDDEN, "holding_notice_at": START + timedelta(minutes=8)}


async def checking(world: World, *, arrives: bool = True) -> None:
    """An internal incident nears its promised first notice."""
    await world.knows_acme()
    await world.hears(opened(world.snapshot(**HIDDEN), kind=None))
    await world.deliver()
    assert world.mails == []
    if not arrives:
        world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    world.clock.advance(minutes=8)
    await world.hears(
        e.HoldingNoticeIssued(
            incident=world.snapshot(**CHECKED),
            audience_version=2,
            actor="system:clock",
            kind=Kind.HOLDING_NOTICE,
            audience=audience(concerned(next_update_due=NEXT_WORD), version=2),
            next_update_due={"acme": NEXT_WORD},
        )
    )
    await world.deliver()


def published(world: World) -> e.IncidentPublished:
    return e.IncidentPublished(
        incident=world.snapshot(holding_notice_at=CHECKED["holding_notice_at"]),
        audience_version=3,
        actor="key:noc",
        kind=Kind.INITIAL,
        audience=audience(version=3),
    )


def kinds(world: World, person: str = "jo") -> list[Kind]:
    return [sent.kind for sent in world.mails if sent.address.startswith(f"{person}@")]


async def notice_of(world: World, kind: Kind) -> dict[str, Any]:
    async with world.database.connection() as conn:
        notice: dict[str, Any] = await conn.fetchval(
            "SELECT notice FROM messages WHERE kind = $1 ORDER BY created_at DESC LIMIT 1",
            kind.value,
        )
    return notice


async def test_clients_read_that_we_are_checking_and_by_when_they_hear_more(world: World) -> None:
    await checking(world)

    assert kinds(world) == [Kind.HOLDING_NOTICE]
    text = world.mails[0].message.text
    assert "we have been seeing signs of a problem with Mail EU" in text
    assert "10:20 CET" in text


async def test_once_it_is_published_the_first_notice_comes_in_the_same_thread(
    world: World,
) -> None:
    await checking(world)
    await world.hears(published(world))
    await world.deliver()

    assert kinds(world) == [Kind.HOLDING_NOTICE, Kind.INITIAL]
    holding, initial = [sent for sent in world.mails if sent.address.startswith("jo@")]
    assert initial.message.thread.root_id == holding.message.thread.message_id


async def test_a_holding_notice_that_has_not_gone_gives_way_to_the_first_notice(
    world: World,
) -> None:
    await checking(world, arrives=False)
    world.mails.clear()
    world.channels[Channel.EMAIL].answer = None
    await world.hears(published(world))
    world.clock.advance(minutes=5)
    await world.deliver()

    assert kinds(world) == [Kind.INITIAL]


async def test_what_is_written_while_it_is_internal_reaches_no_client(world: World) -> None:
    await checking(world)
    await world.hears(updated(world.snapshot(**CHECKED), "Suspect: a disk.", kind=None))
    await world.deliver()

    assert kinds(world) == [Kind.HOLDING_NOTICE]


async def test_an_incident_that_ends_unpublished_ends_with_all_is_well(world: World) -> None:
    await checking(world)
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(**CHECKED, status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()

    assert kinds(world) == [Kind.HOLDING_NOTICE, Kind.RESOLVED]
    assert (await notice_of(world, Kind.RESOLVED))["only_holding"] is True


async def test_after_a_first_notice_the_end_is_told_as_the_end_of_an_outage(world: World) -> None:
    await checking(world)
    await world.hears(published(world))
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()

    assert (await notice_of(world, Kind.RESOLVED))["only_holding"] is False


async def test_a_reader_whose_first_notice_was_refused_reads_in_the_next_one_what_is_wrong(
    world: World,
) -> None:
    """The holding notice had said nothing of it."""
    await checking(world)
    world.channels[Channel.EMAIL].answer = lambda *_: Rejected("mailbox full")
    await world.hears(published(world))
    await world.deliver()
    world.channels[Channel.EMAIL].answer = None
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()

    rows = await world.rows(person="jo", state="accepted")
    assert [row["kind"] for row in rows] == ["holding_notice", "initial"]


# ── no news, and what comes after the end ───────────────────────────────────────────────────────


async def told(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()


def no_news(world: World, message: str = "") -> e.IncidentUpdated:
    return updated(
        world.snapshot(),
        kind=Kind.NO_NEWS,
        no_news=True,
        update=IncidentUpdate(id="u", message=message, occurred_at=START),
    )


async def test_no_news_is_told_as_no_news(world: World) -> None:
    await told(world)
    await world.hears(no_news(world))
    await world.deliver()

    assert kinds(world) == [Kind.INITIAL, Kind.NO_NEWS]
    assert (await notice_of(world, Kind.NO_NEWS))["no_news"] is True


async def test_no_news_after_an_update_that_has_not_gone_is_that_update(world: World) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()
    await world.hears(no_news(world))
    world.mails.clear()
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()

    assert kinds(world) == [Kind.UPDATE]
    assert "A controller has failed." in world.mails[0].message.text
    assert (await notice_of(world, Kind.UPDATE))["no_news"] is False


async def test_two_times_no_news_that_have_not_gone_are_one(world: World) -> None:
    await told(world)
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    await world.hears(no_news(world))
    await world.deliver()
    await world.hears(no_news(world, "Two disks are ruled out."))
    world.mails.clear()
    world.channels[Channel.EMAIL].answer = None
    world.clock.advance(minutes=5)
    await world.deliver()

    assert kinds(world) == [Kind.NO_NEWS]
    assert "Two disks are ruled out" in world.mails[0].message.text


async def test_what_was_promised_and_kept_stands_in_the_closing_note(world: World) -> None:
    await told(world)
    now = world.clock.now()
    kept = KeptPromises(first_within_minutes=10, first_after_minutes=6, updates_promised=11)
    await world.hears(
        resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)),
        closed(
            world.snapshot(status=Status.CLOSED, resolved_at=now, closed_at=now),
            promises={"acme": kept},
        ),
    )
    await world.deliver()

    facts = (await notice_of(world, Kind.CLOSURE))["closure"]["promises"]
    assert facts["updates_promised"] == 11
