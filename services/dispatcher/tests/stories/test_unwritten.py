"""While nobody can write down what was sent, nothing more is sent: a kill would send it again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest
from dispatcher.delivery import recorder, store
from dispatcher.delivery.lane import AHEAD
from dispatcher.delivery.model import Result
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection

from services.dispatcher.tests.facts import acme, address, gold, jo, mail_eu, opened, provider, team
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

PEOPLE = 60
MOST = 10


class Lock:
    """Somebody else holds the table that outcomes are written to, until ``gone``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gone = False
        self.met = 0
        self._record = store.record
        monkeypatch.setattr(store, "record", self.record)

    async def record(
        self, conn: Connection, results: Sequence[Result], *, lease: str
    ) -> dict[str, bool]:
        if not self.gone:
            self.met += 1
            raise asyncpg.LockNotAvailableError("another transaction is in the way")
        return await self._record(conn, results, lease=lease)


async def many(world: World) -> None:
    people = [f"p{number}" for number in range(PEOPLE)]
    readers = acme(*(jo(key=key, name=key) for key in people))
    mails = [address(key, email=f"{key}@acme.example") for key in people]
    await world.knows(provider(), mail_eu(), gold(), team(), readers, people=mails)
    await world.hears(opened(world.snapshot()))


async def reached(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("limit", ["how many", "how long"])
async def test_sending_stops_until_what_was_sent_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    if limit == "how many":
        monkeypatch.setattr(recorder, "MOST_UNWRITTEN", MOST)
    else:
        monkeypatch.setattr(recorder, "OLDEST_UNWRITTEN_SECONDS", 0.0)
    lock = Lock(monkeypatch)
    await many(world)
    worker = world.core.worker
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))

    # Twice in the way: what could be sent meanwhile has been.
    await reached(lambda: lock.met >= 2)
    claimed_at_once = world.channels[Channel.EMAIL].concurrency * AHEAD
    assert 0 < len(world.mails) <= MOST + claimed_at_once < PEOPLE

    lock.gone = True
    await reached(lambda: len(world.mails) == PEOPLE)
    stop.set()
    await running
    assert len(await world.rows(state="accepted")) == len(world.mails) == PEOPLE
