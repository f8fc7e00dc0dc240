"""A worker dies while it sends: its lease ends, and another one goes on."""

from __future__ import annotations

import asyncio

import pytest
from dispatcher.channels.port import Destination, RenderedMessage, SendOutcome
from dispatcher.delivery import store
from tocsin_contracts.words import Channel

from services.dispatcher.tests.facts import opened
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def killed_while_sending(world: World) -> None:
    """A process that claims, gives its messages to the provider, and is never heard of again."""
    process = world.another_process()
    lane = process.worker._lanes[Channel.EMAIL]
    assert await lane.claim() == 2
    await lane.drain()


async def leases_end(world: World) -> None:
    async with world.database.connection() as conn:
        await conn.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")


async def test_what_a_killed_worker_was_sending_is_sent_once_more_with_the_same_id(
    world: World,
) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await killed_while_sending(world)
    await world.deliver()
    assert len(world.mails) == 2, "nobody else touches a lease that has not ended"

    await leases_end(world)
    await world.deliver()
    world.clock.advance(minutes=1)
    await world.deliver()

    keys = [sent.key for sent in world.mails]
    assert len(keys) == 4
    assert len(set(keys)) == 2
    assert {row["state"] for row in await world.rows()} == {"accepted"}


async def test_a_message_that_kills_whoever_sends_it_is_given_up_in_the_end(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    for _ in range(5):
        await killed_while_sending(world)
        await leases_end(world)
        await world.core.worker.take_over()
        await world.core.worker._recorder.flush()
        world.clock.advance(minutes=2)
    await world.deliver()

    rows = await world.rows()
    assert {row["state"] for row in rows} == {"unknown"}
    assert {row["reason"] for row in rows} == {"the process that was sending it ended"}
    assert len(world.mails) == 10


async def test_a_late_worker_does_not_overwrite_the_outcome_of_its_successor(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    late = world.another_process()
    lane = late.worker._lanes[Channel.EMAIL]
    await lane.claim()
    await lane.drain()

    await leases_end(world)
    await world.deliver()
    world.clock.advance(minutes=1)
    await world.deliver()
    before = await world.rows()
    await late.worker._recorder.flush()

    assert await world.rows() == before


async def test_a_claim_whose_answer_was_lost_is_not_held_for_ever(world: World) -> None:
    """The connection was cut after the commit: the rows carry our lease and we do not know."""
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    worker = world.core.worker
    async with world.database.connection() as conn:
        lost = await store.claim(
            conn,
            Channel.EMAIL,
            now=world.clock.now(),
            limit=10,
            lease=worker._lease,
            lease_seconds=15,
        )
    assert len(lost) == 2
    await leases_end(world)
    await worker._renew()

    await world.deliver()
    world.clock.advance(minutes=1)
    await world.deliver()

    assert {row["state"] for row in await world.rows()} == {"accepted"}


async def test_two_workers_never_send_the_same_row(world: World) -> None:
    await world.knows_acme()
    mail = world.channels[Channel.EMAIL]
    for number in range(40):
        await world.hears(opened(world.snapshot(id=f"inc-{number}", ref=f"INC-{number}")))

    other = world.another_process()
    await asyncio.gather(world.deliver(), world.deliver(other), world.deliver())

    assert len(mail.sent) == 80
    assert len({sent.key for sent in mail.sent}) == 80


async def test_told_to_stop_it_finishes_what_is_under_way_and_gives_back_the_rest(
    world: World,
) -> None:
    await world.knows_acme()
    for number in range(10):
        await world.hears(opened(world.snapshot(id=f"inc-{number}", ref=f"INC-{number}")))
    begun, go_on = asyncio.Event(), asyncio.Event()
    mail = world.channels[Channel.EMAIL]
    send = mail.send

    async def slowly(
        message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        begun.set()
        await go_on.wait()
        return await send(message, to, idempotency_key=idempotency_key)

    mail.send = slowly  # type: ignore[method-assign]
    stop = asyncio.Event()
    running = asyncio.create_task(world.core.worker.run(stop))
    await begun.wait()
    stop.set()
    go_on.set()
    await running

    states = [row["state"] for row in await world.rows()]
    assert len(mail.sent) == mail.concurrency
    assert sorted(set(states)) == ["accepted", "pending"]
    assert {row["doubts"] for row in await world.rows()} == {0}
