"""The dispatcher on a real database, with played providers and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest_asyncio
from tocsin_runtime.database import Database

from services.dispatcher.tests.world import World


@pytest_asyncio.fixture
async def database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    database = await Database.open(fresh_database("dispatcher"), max_size=6)
    async with database.connection() as conn:
        # Older than the stories, whose clock stands still.
        await conn.execute("UPDATE creation SET created_at = '2026-01-01Z'")
    yield database
    await database.close()


@pytest_asyncio.fixture
async def world(database: Database) -> World:
    return World(database)
