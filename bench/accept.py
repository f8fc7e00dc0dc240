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
from bench.timings import Summary
from devstack.stack_process import StackProcess

ALERTS = 2_000
WARM_UP = 300
AIM = 0.5


async def run(stack: StackProcess) -> bool:
    await apply(stack, directory(1))
    bare = await _bare(stack)
    with held(stack, "dispatcher", "escalation"):
        alone = await _ours(stack, "alone")
    chain = await _ours(stack, "chain")
    ratio = alone.rate / bare.rate
    print(f"accept   bare endpoint       {bare}")
    print(f"         Tocsin, alone       {alone}")
    print(f"         Tocsin, whole chain {chain}")
    print(f"         ratio {ratio:.2f} alone, {chain.rate / bare.rate:.2f} whole (aim {AIM})\n")
    return ratio >= AIM


async def _bare(stack: StackProcess) -> Summary:
    dsn = stack.document["postgres"]["incident_api"]
    with bare_server("accept.py", dsn, port_at=1, log=stack.layout.log("bare")) as url:
        await post_all(url, bodies("warm", WARM_UP))
        return await post_all(url, bodies("bare", ALERTS))


async def _ours(stack: StackProcess, name: str) -> Summary:
    url, headers = ingest_url(stack), bearer(stack, "ingest")
    await post_all(url, bodies(f"{name}-warm", WARM_UP), headers=headers)
    return await post_all(url, bodies(name, ALERTS), headers=headers)


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
