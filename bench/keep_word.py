"""Keeping its word: what was answered 202 is told, whatever broke in between.

The mail server is away while 100 alerts are accepted, then every service is killed (SIGKILL), then
the mail server comes back. Alertmanager, which keeps alerts in memory, tells 0 of 100.
"""

from __future__ import annotations

import os
import signal
import time

from bench.accept import bodies
from bench.alerts import directory
from bench.api import apply, bearer, ingest_url, put_fault
from bench.arrivals import Arrivals
from bench.load import post_all
from devstack.stack_process import StackProcess

ALERTS = 100
TOLD_WITHIN = 300.0
SERVICES = ("incident-api", "dispatcher", "escalation")


async def run(stack: StackProcess) -> bool:
    await apply(stack, directory(1))
    await put_fault(stack, "email", {"mode": "drop", "phase": "connect"})
    arrivals = Arrivals(stack.journal)
    headers = bearer(stack, "ingest")
    await post_all(ingest_url(stack), bodies("word", ALERTS), headers=headers)
    killed = [f"{name} {_kill(stack, name)}" for name in SERVICES]
    ended = await put_fault(stack, "email", {"mode": "off"})
    began = time.monotonic()
    told = _told(arrivals)
    seconds = time.monotonic() - began
    print(f"word     {ALERTS} alerts answered 202, the mail server away ({ended['fired']} refused)")
    print(f"         killed: {', '.join(killed)}")
    print(f"         told {told} of {ALERTS}, {seconds:.0f} s after the mail server came back\n")
    return told == ALERTS and ended["fired"] > 0


def _kill(stack: StackProcess, name: str) -> int:
    pid = stack.pid(name)
    os.kill(pid, signal.SIGKILL)
    return pid


def _told(arrivals: Arrivals) -> int:
    """How many incidents were told of, whatever else the people get."""
    deadline, told = time.monotonic() + TOLD_WITHIN, set[str]()
    while len(told) < ALERTS and time.monotonic() < deadline:
        for line in arrivals.wait_for(1, 1.0):
            if line["to"] == ["p0@bench.example"]:
                told.add(line["incident"])
    return len(told)
