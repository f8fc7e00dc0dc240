"""The broker goes away and comes back: nothing is lost, nothing ends, and health says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import INCIDENTS
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.consumer import Consumer
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.relay import Relay
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.topics import create_topics

from devstack.backing.kafka import EmbeddedKafka
from devstack.backing.ports import free_port

from .conftest import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def broker(tmp_path: Path) -> AsyncIterator[EmbeddedKafka]:
    """One of this test's own, since it is stopped."""
    kafka = EmbeddedKafka(tmp_path / "kafka", free_port(), free_port())
    await asyncio.to_thread(kafka.start)
    yield kafka
    await asyncio.to_thread(kafka.stop)


@pytest_asyncio.fixture
async def own_world(broker: EmbeddedKafka, database: Database) -> World:
    settings = RuntimeSettings(
        database_url=SecretStr("postgresql://unused"), kafka_bootstrap=broker.bootstrap
    )
    await create_topics(settings, topics=[INCIDENTS])
    return World(database, Outbox(database), settings, INCIDENTS)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_is_written_while_the_broker_is_away_arrives_when_it_is_back(
    own_world: World, broker: EmbeddedKafka
) -> None:
    subjects: list[str] = []

    async def note(_: Connection, events: Sequence[Event[EventData]]) -> None:
        subjects.extend(event.subject for event in events)

    consumer = Consumer(
        service="dispatcher",
        name="away",
        topics=[INCIDENTS],
        handler=note,
        database=own_world.database,
        settings=own_world.settings,
        clock=SystemClock(),
    )
    relay = Relay(own_world.database, own_world.settings)
    own_world.outbox = Outbox(own_world.database, relay.wake)
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in (relay, consumer)]

    await own_world.publish("before")
    await until(lambda: subjects == ["before"])
    await until(lambda: consumer.caught_up_since is not None)

    await asyncio.to_thread(broker.stop)
    await until(lambda: consumer.caught_up_since is None)
    progress = consumer.last_progress
    await own_world.publish("meanwhile")
    assert consumer.last_progress == progress

    await asyncio.to_thread(broker.start)
    await until(lambda: subjects == ["before", "meanwhile"])
    await until(lambda: consumer.caught_up_since is not None)
    assert consumer.last_progress != progress
    assert not any(task.done() for task in tasks)
    stop.set()
    await asyncio.gather(*tasks)
