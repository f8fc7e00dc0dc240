"""A replica of the service in a process of its own, which can be struck after any statement."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any

import asyncpg
from escalation.bootstrap import Core, build_core
from escalation.firing.recovery import Recovery
from tocsin_runtime import timers
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.patience import patiently
from tocsin_runtime.testing import FakeClock

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Strike:
    """``signal`` reaches the process once the server has answered its ``after``-th statement."""

    after: int
    signal: int


def replica(
    dsn: str,
    now: datetime,
    *,
    strike: Strike | None = None,
    together: Barrier | None = None,
    batch: int = timers.BATCH,
) -> BaseProcess:
    """Started: it fires until nothing is due by ``now``, which stands still, and ends with 0.

    ``together``: it waits there for the others once it is ready.
    """
    process = PROCESSES.Process(target=_run, args=(dsn, now, strike, together, batch))
    process.start()
    return process


def meeting(processes: int) -> Barrier:
    return PROCESSES.Barrier(processes)


def _run(
    dsn: str, now: datetime, strike: Strike | None, together: Barrier | None, batch: int
) -> None:
    timers.BATCH = batch
    asyncio.run(_fire(dsn, now, strike, together))


async def _fire(dsn: str, now: datetime, strike: Strike | None, together: Barrier | None) -> None:
    database = await Database.open(dsn, max_size=1)
    clock = FakeClock(now)
    core = build_core(database, Outbox(database), clock, Recovery(clock, timedelta(0)))
    async with database.connection() as conn:
        await conn.fetchval("SELECT 1")
    if together is not None:
        together.wait()
    if strike is not None:
        _strike(strike)
    await _until_nothing_is_due(database, core, now)
    await database.close()


async def _until_nothing_is_due(database: Database, core: Core, now: datetime) -> None:
    """As the service does: patiently. What a dead process held is free a moment after it died."""
    due = True
    while due:
        if await patiently(asyncio.Event(), "timers", core.timers.fire_due):
            due = await _due(database, now)
        await asyncio.sleep(0.01)


async def _due(database: Database, now: datetime) -> bool:
    async with database.connection() as conn:
        due: bool = await conn.fetchval(
            "SELECT EXISTS (SELECT FROM timers WHERE due_at <= $1)", now
        )
    return due


def _strike(strike: Strike) -> None:
    """Count every statement of this process that is answered, those of transactions included."""
    counted = itertools.count(1)

    def struck_after(method: Callable[..., Any], *, bare: bool = False) -> Callable[..., Any]:
        async def answered(conn: object, *args: Any, **more: Any) -> Any:
            answer = await method(conn, *args, **more)
            # execute() with arguments goes on to _execute(), which counts it.
            if (not bare or len(args) == 1) and next(counted) == strike.after:
                os.kill(os.getpid(), strike.signal)
            return answer

        return answered

    connection: Any = asyncpg.Connection
    connection.execute = struck_after(connection.execute, bare=True)
    connection._execute = struck_after(connection._execute)
    connection._executemany = struck_after(connection._executemany)
