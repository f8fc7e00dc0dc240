"""Another transaction is in the way of the one that records: it is tried again, nothing ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from dispatcher.delivery import store
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Database

from services.dispatcher.tests.facts import opened
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_a_lease_is_not_renewed_where_the_outcome_is_being_written(
    world: World, database: Database
) -> None:
    """Two transactions of one process that waited for each other's rows would be a deadlock."""
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    async with database.connection() as conn:
        claimed = await store.claim(
            conn, Channel.EMAIL, now=world.clock.now(), limit=10, lease="me", lease_seconds=15
        )
    held = [row.id for row in claimed]
    assert len(held) == 2

    async with database.transaction() as recording, database.connection() as renewing:
        await recording.execute("SELECT FROM deliveries WHERE id = $1 FOR UPDATE", held[0])
        await renewing.execute("SET lock_timeout = '1s'")
        await store.renew(renewing, lease="me", lease_seconds=3600, held=held)
        await renewing.execute("RESET lock_timeout")
        far = await renewing.fetch(
            "SELECT id FROM deliveries WHERE lease_until > now() + interval '30 minutes'"
        )
    assert [row["id"] for row in far] == held[1:]


@pytest.mark.parametrize("statement", ["claim", "record", "renew", "take_over", "next_due"])
@pytest.mark.parametrize(
    "error",
    [asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError],
)
async def test_each_message_goes_once_although_a_statement_met_another_in_its_way(
    world: World, monkeypatch: pytest.MonkeyPatch, statement: str, error: type[Exception]
) -> None:
    met = fails_once(monkeypatch, statement, error)
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))

    stop = asyncio.Event()
    running = asyncio.create_task(world.core.worker.run(stop))
    async with asyncio.timeout(60):
        while not (met.is_set() and await all_accepted(world)):
            assert not running.done(), "the worker ended"
            await asyncio.sleep(0.05)
    stop.set()
    await running

    assert len(world.mails) == 2
    assert len({sent.key for sent in world.mails}) == 2


def fails_once(
    monkeypatch: pytest.MonkeyPatch, statement: str, error: type[Exception]
) -> asyncio.Event:
    met = asyncio.Event()
    asked: Callable[..., Awaitable[Any]] = getattr(store, statement)

    async def in_the_way(*args: Any, **given: Any) -> Any:
        if not met.is_set():
            met.set()
            raise error("another transaction is in the way")
        return await asked(*args, **given)

    monkeypatch.setattr(store, statement, in_the_way)
    return met


async def all_accepted(world: World) -> bool:
    return {row["state"] for row in await world.rows()} == {"accepted"}
