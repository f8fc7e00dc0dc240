"""One escalation replica's timers and nothing else: ``python -m bench.timer_replica DSN``."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta

import uvloop
from escalation.bootstrap import build_core
from escalation.firing.recovery import Recovery
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.database import Database
from tocsin_runtime.garbage import collect_rarely
from tocsin_runtime.outbox import Outbox


async def main(dsn: str) -> None:
    database = await Database.open(dsn)
    clock = SystemClock()
    core = build_core(database, Outbox(database), clock, Recovery(clock, timedelta(0)))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    collect_rarely()
    print("ready", flush=True)
    await core.timers.run(stop)
    await database.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
