"""Starts a bare peer as a process of its own and waits until it answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.backing.ports import answers, free_port, wait_until
from devstack.processes import end, last_lines, spawn

BARE = Path(__file__).with_name("bare")
START_SECONDS = 30


@contextmanager
def bare_server(script: str, *arguments: str, port_at: int, log: Path) -> Iterator[str]:
    """Run ``bare/<script>`` with a free port put in place ``port_at``; yields its URL."""
    port = free_port()
    given = [*arguments[:port_at], str(port), *arguments[port_at:]]
    process = spawn([sys.executable, BARE / script, *given], log=log)
    try:
        up = wait_until(lambda: answers(port) or process.poll() is not None, seconds=START_SECONDS)
        if not up or process.poll() is not None:
            raise RuntimeError(f"{script} did not start:\n{last_lines(log)}")
        yield f"http://127.0.0.1:{port}/alerts"
    finally:
        end(process)
