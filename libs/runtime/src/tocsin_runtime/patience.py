"""Doing a component's round again later, where waiting helps; anything else is a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from tocsin_runtime.database import waiting_helps
from tocsin_runtime.process import wait_for

log = structlog.get_logger()
PAUSE_SECONDS = 0.5


async def patiently(
    stop: asyncio.Event, name: str, round_of_work: Callable[[], Awaitable[object]]
) -> bool:
    """Do one round; false, after a short wait, where the database was away or in the way.

    Every other error is raised: it is a bug, and the process is started anew.
    """
    try:
        await round_of_work()
    except Exception as error:
        if not waiting_helps(error):
            raise
        log.warning("waits for the database", component=name, error=repr(error))
        await wait_for(stop, PAUSE_SECONDS)
        return False
    return True
