"""What a migration makes of a database that is in use already."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime

import pytest
from dispatcher.bootstrap import MIGRATIONS
from tocsin_runtime.database import Database

pytestmark = pytest.mark.integration


async def test_a_database_in_use_is_as_old_as_what_it_read(database: Database) -> None:
    """Else what lies unread in the topics while it is upgraded would pass for old."""
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0002_creation_and_trace.py"))
    first = datetime(2026, 10, 1, tzinfo=UTC)
    async with database.connection() as conn:
        await conn.execute("DROP TABLE creation")
        await conn.execute(
            "INSERT INTO inbox VALUES ('e1', 'incidents', $1), ('e2', 'incidents', now())", first
        )
        await conn.execute(migration["CREATION"])
        noted = await conn.fetchval("SELECT created_at FROM creation")

    assert noted == first
