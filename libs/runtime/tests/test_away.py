"""Which errors mean that the database is gone for a while, and which that we did wrong."""

from __future__ import annotations

import asyncpg
import pytest
from tocsin_runtime.database import database_is_away


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (asyncpg.CannotConnectNowError("the database system is starting up"), True),
        (asyncpg.AdminShutdownError("terminating connection"), True),
        (asyncpg.ObjectNotInPrerequisiteStateError("not currently accepting connections"), True),
        (asyncpg.LockNotAvailableError("canceling statement due to lock timeout"), False),
        (asyncpg.UniqueViolationError("duplicate key"), False),
        (asyncpg.UndefinedTableError("relation does not exist"), False),
        (ValueError("ours"), False),
    ],
)
def test_waiting_helps_only_where_the_database_is_away(error: Exception, away: bool) -> None:
    assert database_is_away(error) is away
