"""The escalation service on a real database, with a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest_asyncio
from tocsin_runtime.database import Database

from services.escalation.tests.world import World


@pytest_asyncio.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    database = await Database.open(fresh_database("escalation"), max_size=6)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def world(database: Database) -> World:
    """Nordlicht IT, which stands for ACME and Beta with one team on the policy ``critical``."""
    world = World(database)
    await world.knows_nordlicht()
    return world
