"""Ways to break a running stack. Each answers what it did, or fails if it did nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg
import httpx
import psutil

from devstack.backing.ports import answers
from devstack.stack_process import StackProcess
from tests.torture.member import SecondMember
from tests.torture.tally import Window

MAX_POLL_INTERVAL = 5.0
"""Seconds, as the run's consumers are configured."""
HELD_SECONDS = MAX_POLL_INTERVAL + 4
BACK_WITHIN = 90.0
REPEATS_BY = ("dispatcher", "dispatcher-2", "postgres")
"""Whose death may repeat a message under way: those who send, and where they note it.

A database that is merely away excuses nothing: outcomes wait in memory.
"""
STILL_ARRIVING_SECONDS = 1.0
"""What a killed process had written to its sockets is taken a little later."""


@dataclass(frozen=True)
class Fired:
    """A fault that struck, and how that shows."""

    fault: str
    struck_at: float
    over_at: float
    proof: str

    def window(self) -> Window | None:
        """When repeats are excused; ``None`` where this fault excuses none."""
        if self.fault.split()[-1] not in REPEATS_BY:
            return None
        return Window(self.fault, self.struck_at, self.struck_at + STILL_ARRIVING_SECONDS)


Fault = Callable[[], Awaitable[Fired]]


class Breaker:
    def __init__(self, stack: StackProcess, second: SecondMember) -> None:
        self._stack = stack
        self._second = second

    async def kill(self, name: str) -> Fired:
        """SIGKILL one of the supervised processes; over when its successor answers."""
        old = self._stack.pid(name)
        struck = await _kill(old)
        url = f"{self._stack.layout.url(name)}/readyz"
        await until(lambda: self._stack.pid(name) != old and _ready(url), f"{name} came back")
        return Fired(f"kill {name}", struck, time.time(), f"pid {old} → {self._stack.pid(name)}")

    async def kill_second(self) -> Fired:
        old = self._second.pid
        struck = await _kill(old)
        await until(
            lambda: self._second.pid != old and self._second.child.ready(),
            "the second dispatcher came back",
        )
        return Fired("kill dispatcher-2", struck, time.time(), f"pid {old} → {self._second.pid}")

    async def restart_broker(self) -> Fired:
        old = self._stack.pid("kafka")
        struck = await _kill(old)
        port = self._stack.layout.port("kafka")
        await until(lambda: self._stack.pid("kafka") != old and answers(port), "Kafka came back")
        return Fired("kill kafka", struck, time.time(), f"pid {old} → {self._stack.pid('kafka')}")

    async def restart_postgres(self) -> Fired:
        """As in a crash: every connection is cut, nothing is flushed in good order."""
        old = self._stack.pid("postgres")
        struck = await _kill(old, signal.SIGQUIT)
        port = self._stack.layout.port("postgres")
        await until(
            lambda: self._stack.pid("postgres") != old and answers(port), "PostgreSQL came back"
        )
        await until(self._all_ready, "the services found PostgreSQL again")
        pids = f"pid {old} → {self._stack.pid('postgres')}"
        return Fired("crash postgres", struck, time.time(), pids)

    async def refuse_database(self) -> Fired:
        """Nobody can connect to dispatcher's database, for longer than max_poll_interval."""
        dsn = self._stack.document["postgres"]["dispatcher"]
        own = await asyncpg.connect(_beside(dsn))
        try:
            await own.execute("ALTER DATABASE dispatcher WITH ALLOW_CONNECTIONS false")
            struck = time.time()
            cut = await own.fetchval(CUT_OFF)
            await asyncio.sleep(HELD_SECONDS)
            left = await own.fetchval(SESSIONS)
            refused = not _ready(self._second.child.ready_url)
        finally:
            await own.execute("ALTER DATABASE dispatcher WITH ALLOW_CONNECTIONS true")
            await own.close()
        assert cut > 0, "there were no sessions to cut"
        assert left == 0, f"{left} sessions got through"
        assert refused, "the second dispatcher says it is ready without its database"
        await until(self._all_ready, "the dispatchers found their database again")
        proof = f"{cut} sessions cut, none for {HELD_SECONDS:.0f} s, /readyz said no"
        return Fired("refuse dispatcher's database", struck, time.time(), proof)

    async def lock_database(self) -> Fired:
        """Statements hang: handlers are held inside their batch past max_poll_interval."""
        own = await asyncpg.connect(self._stack.document["postgres"]["dispatcher"])
        try:
            async with own.transaction():
                await own.execute("SET LOCAL lock_timeout = '20s'")
                await own.execute("LOCK TABLE inbox, outbox, timers IN ACCESS EXCLUSIVE MODE")
                struck = time.time()
                await asyncio.sleep(HELD_SECONDS)
                hanging = await own.fetchval(HANGING)
        finally:
            await own.close()
        assert hanging > 0, "nobody was held"
        await until(self._all_ready, "the dispatchers went on")
        # Sending went on while its outcomes could not be written: they are, before the next kill.
        await asyncio.sleep(WRITTEN_WITHIN)
        proof = f"{hanging} sessions hung when {HELD_SECONDS:.0f} s were over"
        return Fired("lock dispatcher's database", struck, time.time(), proof)

    def _all_ready(self) -> bool:
        urls = [f"{self._stack.layout.url(name)}/readyz" for name in SERVICES]
        return all(_ready(url) for url in (*urls, self._second.child.ready_url))


WRITTEN_WITHIN = 2.0
SERVICES = ("incident-api", "dispatcher", "escalation")
CUT_OFF = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'dispatcher'
"""
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'dispatcher'"
HANGING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = 'dispatcher' AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


async def until(done: Callable[[], bool], what: str, *, seconds: float = BACK_WITHIN) -> None:
    """Poll ``done`` without holding the loop up; fails with ``what`` did not happen."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(done):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.1)


async def _kill(pid: int, how: signal.Signals = signal.SIGKILL) -> float:
    """Kill and see it gone; answers the moment."""
    process = psutil.Process(pid)
    struck = time.time()
    os.kill(pid, how)
    await asyncio.to_thread(_gone, process)
    return struck


def _gone(process: psutil.Process) -> None:
    """A zombie is gone too: its parent has not asked yet."""
    deadline = time.monotonic() + 20
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {process.pid} survived"
        time.sleep(0.01)


def _ready(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _beside(dsn: str) -> str:
    """The same server and role, at the database that is always there."""
    return urlsplit(dsn)._replace(path="/postgres").geturl()
