"""A burst of timers: 100,000 outages armed, 5,000 due at the same moment, two replicas.

The clock runs from that moment to the commit of the last outbox row; the relay that publishes them
is another's work. The peer claims the same timers and writes the same bytes, deciding nothing.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from bench.armed_outages import multiply, one_outage
from bench.bare_process import BARE
from devstack.backing.ports import free_port, wait_until
from devstack.backing.postgres import DURABLE, EmbeddedPostgres
from devstack.migrated import migrate
from devstack.processes import end, last_lines, spawn
from devstack.scratch import scratch_folder

ARMED, DUE, TURNS = 100_000, 5_000, 3
WARM = 500
REPLICAS = 2
AIM_SECONDS = 2.0
LEAD = timedelta(seconds=1.5)
"""From arming the burst to its moment: everybody waits by then."""
DONE_WITHIN = 60.0
OURS, PEER = Path(__file__).with_name("timer_replica.py"), BARE / "timers.py"


@dataclass(frozen=True, order=True)
class Burst:
    """``worked`` are processor seconds of replicas and server: what a busy machine does not change
    as much as ``seconds``."""

    seconds: float
    worked: float


_COMMITTED = "SELECT max(pg_xact_commit_timestamp(xmin)) FROM outbox"


def run() -> bool:
    with scratch_folder() as folder:
        settings = {**DURABLE, "track_commit_timestamp": "on"}
        server = EmbeddedPostgres(folder / "postgres", free_port(), settings)
        server.start()
        try:
            migrate("escalation", server.url)
            assert server.process is not None
            return asyncio.run(_measured(server.url, server.process.pid, folder))
        finally:
            server.stop()


async def _measured(dsn: str, server: int, folder: Path) -> bool:
    print(f"timers: arming {ARMED} outages", file=sys.stderr, flush=True)
    conn = await asyncpg.connect(dsn)
    await one_outage(dsn)
    await multiply(conn, ARMED)
    with _replicas(OURS, folder, dsn) as replicas:
        ours = await _bursts(conn, 0, [server, *replicas])
    body = folder / "body.json"
    body.write_bytes(await conn.fetchval("SELECT body FROM outbox ORDER BY id DESC LIMIT 1"))
    with _replicas(PEER, folder, dsn, str(body)) as replicas:
        bare = await _bursts(conn, WARM + TURNS * DUE, [server, *replicas])
    await conn.close()
    _report(ours, bare)
    return min(ours).seconds <= AIM_SECONDS


def _report(ours: list[Burst], bare: list[Burst]) -> None:
    print(f"timers   {ARMED} armed, {DUE} due at once, {REPLICAS} replicas")
    print(f"         bare claim and insert  {_said(bare)}")
    print(f"         Tocsin                 {_said(ours)}")
    print(f"         ratio of the best turns {min(bare).seconds / min(ours).seconds:.2f}")
    print(f"         best turn {min(ours).seconds:.2f} s of the {AIM_SECONDS:g} s aimed at\n")


def _said(turns: list[Burst]) -> str:
    each = ", ".join(f"{turn.seconds:.2f}" for turn in turns)
    worked = min(turn.worked for turn in turns)
    return (
        f"{each} s, at best {DUE / min(turns).seconds:,.0f}/s; "
        f"{worked:.2f} s of processors, {worked / DUE * 1e3:.2f} ms each"
    )


async def _bursts(
    conn: asyncpg.Connection[Any], first: int, processes: Sequence[int]
) -> list[Burst]:
    """After a small one, in which connections are made and statements prepared."""
    await _burst(conn, first, WARM)
    found: list[Burst] = []
    for turn in range(TURNS):
        before = _worked(processes)
        seconds = await _burst(conn, first + WARM + turn * DUE, DUE)
        found.append(Burst(seconds, _worked(processes) - before))
    return found


def _worked(processes: Sequence[int]) -> float:
    """Processor seconds that these processes and their children have had."""
    roots = [psutil.Process(process) for process in processes]
    all_of_them = [one for root in roots for one in (root, *root.children(recursive=True))]
    return sum(times.user + times.system for times in (one.cpu_times() for one in all_of_them))


async def _burst(conn: asyncpg.Connection[Any], first: int, due: int) -> float:
    """Seconds from the moment at which ``due`` outages are due until the last event is committed;
    each must have made exactly one."""
    await conn.execute("TRUNCATE outbox")
    await conn.execute("VACUUM ANALYZE timers")
    await conn.execute("CHECKPOINT")
    moment = datetime.now(UTC) + LEAD
    names = [f"outage-{n:06}" for n in range(first, first + due)]
    await conn.execute(
        "UPDATE timers SET due_at = $1 WHERE subject = ANY($2::text[])", moment, names
    )
    await _all_written(conn, due)
    told = await conn.fetch("SELECT message_key FROM outbox")
    if sorted(row["message_key"] for row in told) != names:
        raise RuntimeError(f"{len(told)} events for {due} outages that were due.")
    ended: datetime = await conn.fetchval(_COMMITTED)
    return (ended - moment).total_seconds()


async def _all_written(conn: asyncpg.Connection[Any], due: int) -> None:
    async with asyncio.timeout(DONE_WITHIN):
        while await conn.fetchval("SELECT count(*) FROM outbox") < due:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    # Whatever is told twice is told soon after.
    await asyncio.sleep(0.5)


@contextmanager
def _replicas(script: Path, folder: Path, *arguments: str) -> Iterator[list[int]]:
    """Yields their process ids."""
    logs = [folder / f"{script.stem}-{number}.log" for number in range(REPLICAS)]
    running: list[int] = []
    with ExitStack() as stack:
        for log in logs:
            log.unlink(missing_ok=True)
            process = spawn([sys.executable, "-m", _module(script), *arguments], log=log)
            stack.callback(end, process)
            running.append(process.pid)
            up = wait_until(lambda log=log: "ready" in last_lines(log), seconds=30)  # type: ignore[misc]
            if not up:
                raise RuntimeError(f"{script.stem} did not start:\n{last_lines(log)}")
        try:
            yield running
        except TimeoutError:
            said = "\n".join(last_lines(log) for log in logs)
            raise RuntimeError(f"{script.stem} did not do it in time:\n{said}") from None


def _module(script: Path) -> str:
    return f"bench.{'bare.' if script.parent == BARE else ''}{script.stem}"
