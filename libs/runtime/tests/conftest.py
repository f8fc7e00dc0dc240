"""A service of the runtime's own making: its tables, its settings, a fresh topic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from pydantic import SecretStr
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ClientReleased
from tocsin_contracts.registry import INCIDENTS, Topic
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.settings import RuntimeSettings

from devstack.backing.choice import KafkaServer


@dataclass
class World:
    """One service's database and the topic it publishes to and reads."""

    database: Database
    outbox: Outbox
    settings: RuntimeSettings
    topic: Topic

    async def publish(self, *subjects: str) -> list[Event[EventData]]:
        """Write one event a subject to the outbox, in one transaction."""
        events = [event_about(subject) for subject in subjects]
        async with self.database.transaction() as conn:
            await self.outbox.add(conn, events, topic=self.topic.name)
        return events


def event_about(subject: str) -> Event[EventData]:
    data = ClientReleased(incident_id=subject, client_key="acme", actor="key:noc")
    return new_event(data, source="runtime", subject=subject, now=SystemClock().now())


@pytest_asyncio.fixture
async def open_database(
    fresh_database: Callable[[str], str],
) -> AsyncIterator[Callable[[], Awaitable[Database]]]:
    opened: list[Database] = []
    dsn = fresh_database("runtime")

    async def another() -> Database:
        database = await Database.open(dsn, max_size=5)
        opened.append(database)
        return database

    yield another
    for database in opened:
        await database.close()


@pytest_asyncio.fixture
async def database(open_database: Callable[[], Awaitable[Database]]) -> Database:
    return await open_database()


@pytest.fixture
def settings(kafka_server: KafkaServer) -> RuntimeSettings:
    return RuntimeSettings(
        database_url=SecretStr("postgresql://unused"),
        kafka_bootstrap=kafka_server.bootstrap,
        kafka_session_timeout_ms=6000,
    )


@pytest.fixture
def world(
    database: Database, settings: RuntimeSettings, fresh_topic: Callable[[Topic], Topic]
) -> World:
    return World(database, Outbox(database), settings, fresh_topic(INCIDENTS))
