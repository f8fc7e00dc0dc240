"""What is to be tried again while its thread has gone on: no old news, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.delivery import store
from dispatcher.delivery.model import Claimed, Result
from dispatcher.delivery.receipts import Receipt
from dispatcher.delivery.retry import Next
from tocsin_contracts.directory import Fallback, NotifyRule
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity

from services.dispatcher.tests.facts import address, opened, resolved, updated
from services.dispatcher.tests.minor import (
    gold_with,
    knows,
    later,
    minor,
    opens,
    promising,
    resolved_at,
    with_sms,
)
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

BY_SMS = NotifyRule(
    roles=("it_lead",), channels=(Channel.SMS,), fallback=Fallback(channel=Channel.EMAIL)
)
OFF = "the telephone was off (30003)"


async def ready(world: World) -> PlayedChannel:
    sms = with_sms(world)
    with_phone = address("jo", email="jo@acme.example", phone="+49 30 23125207")
    await knows(world, gold_with(BY_SMS), people=[with_phone])
    return sms


async def text(world: World, kind: Kind) -> str:
    [row] = [row for row in await world.rows(channel="sms") if row["kind"] == kind]
    delivery_id: str = row["id"]
    return delivery_id


async def is_to_be_tried_again(world: World, kind: Kind) -> None:
    due = world.clock.now() + timedelta(minutes=5)
    await world.core.receipts.retry(await text(world, kind), due, OFF)


async def claimed(world: World, lease: str) -> list[Claimed]:
    async with world.database.connection() as conn:
        return await store.claim(
            conn, Channel.SMS, now=world.clock.now(), limit=10, lease=lease, lease_seconds=60
        )


async def test_no_outage_is_told_of_after_its_end_by_text_or_by_what_stands_in(
    world: World,
) -> None:
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    await world.hears(resolved(resolved_at(world)))
    await world.deliver()
    await is_to_be_tried_again(world, Kind.INITIAL)
    await later(world, minutes=6)

    assert [sent.kind for sent in sms.sent] == [Kind.INITIAL, Kind.RESOLVED]
    assert world.mails == []
    first = (await world.rows(channel="sms"))[0]
    assert first["state"] == "superseded"
    assert OFF in first["reason"]


async def test_an_update_does_not_wait_for_an_older_text_that_is_to_be_tried_again(
    world: World,
) -> None:
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await is_to_be_tried_again(world, Kind.INITIAL)
    await world.deliver()

    assert [sent.kind for sent in sms.sent] == [Kind.INITIAL, Kind.UPDATE]


async def test_the_newest_text_goes_again(world: World) -> None:
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    await is_to_be_tried_again(world, Kind.INITIAL)
    await later(world, minutes=6)

    assert [sent.kind for sent in sms.sent] == [Kind.INITIAL, Kind.INITIAL]


async def test_of_a_thread_one_is_under_way_though_an_older_one_is_due(world: World) -> None:
    await ready(world)
    await opens(world, severity=Severity.SEV1)
    first = await text(world, Kind.INITIAL)
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    [newer] = await claimed(world, "one")
    async with world.database.connection() as conn:
        await conn.execute("UPDATE deliveries SET state = 'pending' WHERE id = $1", first)

    assert newer.kind is Kind.UPDATE
    assert await claimed(world, "another") == []


async def test_a_digest_goes_again_as_one(world: World) -> None:
    sms = await ready(world)
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)
    before = len(sms.sent)
    await is_to_be_tried_again(world, Kind.DIGEST)
    await later(world, minutes=6)
    await later(world, minutes=20)

    assert [sent.kind for sent in sms.sent[before:]] == [Kind.DIGEST]
    digest = await text(world, Kind.DIGEST)
    folded = [row for row in await world.rows() if row["folded_into"] == digest]
    assert {row["state"] for row in folded} == {"accepted"}


async def test_what_is_said_of_one_attempt_does_not_end_the_next(world: World) -> None:
    await ready(world)
    await world.hears(opened(minor(world, severity=Severity.SEV1), audience=promising(world)))
    [row] = await claimed(world, "one")
    now = world.clock.now()
    await world.core.receipts.record(Receipt(row.id, DeliveryState.FAILED, now, "early"))
    again = Result(row, Next(DeliveryState.PENDING, "later", due_at=now), now, True, row.thread)
    async with world.database.transaction() as conn:
        written = await store.record(conn, [again], lease="one")
        await world.core.receipts.catch_up(conn, written)
    await world.deliver()

    assert [row["state"] for row in await world.rows(channel="sms")] == ["accepted"]
