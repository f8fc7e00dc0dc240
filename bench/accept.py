"""Accept: from POST to 202, against a bare endpoint that does two inserts in one transaction.

Measured twice: with the other services held still (this is the endpoint alone, like its peer), and
with the whole chain at work behind it on the same cores.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.alerts import directory, firing
from bench.api import apply, bearer, ingest_url
from bench.bare_process import bare_server
from bench.load import post_all
from bench.timings import Summary, together
from devstack.stack_process import StackProcess

ALERTS = 2_000
TURNS = 4
"""And one before them to warm up."""
AIM = 0.5


async def run(stack: StackProcess) -> bool:
    await apply(stack, directory(1))
    dsn = stack.document["postgres"]["incident_api"]
    with bare_server("accept.py", dsn, port_at=1, log=stack.layout.log("bare")) as url:
        bare, alone = await _side_by_side(stack, url)
    chain = await _ours(stack, "chain", ALERTS)
    ratio = alone.rate / bare.rate
    print(f"accept   bare endpoint       {bare}")
    print(f"         Tocsin, alone       {alone}")
    print(f"         Tocsin, whole chain {chain}")
    print(f"         ratio {ratio:.2f} alone, {chain.rate / bare.rate:.2f} whole (aim {AIM})\n")
    return ratio >= AIM


async def _side_by_side(stack: StackProcess, bare_url: str) -> tuple[Summary, Summary]:
    """In turns, so that whatever else this machine does falls on both."""
    bare, ours = [], []
    with held(stack, "dispatcher", "escalation"):
        for turn in range(TURNS + 1):
            bare.append(await post_all(bare_url, bodies(f"bare-{turn}", ALERTS // TURNS)))
            ours.append(await _ours(stack, f"alone-{turn}", ALERTS // TURNS))
    return together(bare[1:]), together(ours[1:])


async def _ours(stack: StackProcess, name: str, count: int) -> Summary:
    return await post_all(ingest_url(stack), bodies(name, count), headers=bearer(stack, "ingest"))


def bodies(name: str, count: int) -> list[dict[str, Any]]:
    return [firing(f"{name}-{number}", system="bench-mail") for number in range(count)]


@contextmanager
def held(stack: StackProcess, *names: str) -> Iterator[None]:
    """Stop processes where they are (SIGSTOP) and let them go on afterwards."""
    pids = [stack.pid(name) for name in names]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
