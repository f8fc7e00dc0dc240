"""The database's address, too: other processes work on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from tocsin_runtime.database import Database


@pytest.fixture
def dsn(fresh_database: Callable[[str], str]) -> str:
    return fresh_database("escalation")


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await Database.open(dsn, max_size=3)
    yield database
    await database.close()
