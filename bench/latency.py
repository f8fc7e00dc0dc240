"""Latency: from POST to the mail taken by the mail server, against a bare chain of the same hops.

One alert at a time, the next when the last has arrived: this is the way, not the queue.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import aiohttp

from bench.alerts import directory, firing
from bench.api import apply, bearer, ingest_url
from bench.arrivals import Arrivals, moment
from bench.bare_process import bare_server
from bench.timings import Summary
from devstack.stack_process import StackProcess

ALERTS = 200
WARM_UP = 20
ARRIVES_WITHIN = 30.0
PAUSE_SECONDS = 0.02
AIM = 4.0


async def run(stack: StackProcess) -> bool:
    await apply(stack, directory(1))
    document = stack.document
    dsn, kafka = document["postgres"]["incident_api"], document["kafka"]
    smtp, topic = document["smtp"].rpartition(":")[2], f"bare.{uuid.uuid4().hex}"
    log = stack.layout.log("bare")
    with bare_server("chain.py", dsn, kafka, smtp, topic, port_at=3, log=log) as url:
        bare, ours = await _in_turns(stack, url)
    ratio = ours.p50 / bare.p50
    print(f"latency  bare chain          {bare}")
    print(f"         Tocsin              {ours}")
    print(f"         p50 is {ratio:.1f}× bare (aim ≤ {AIM:.0f}×)\n")
    return ratio <= AIM


async def _in_turns(stack: StackProcess, bare_url: str) -> tuple[Summary, Summary]:
    """One by ours, one by the peer: whatever else this machine does falls on both."""
    arrivals = Arrivals(stack.journal)
    bare, ours = [], []
    async with aiohttp.ClientSession(headers=bearer(stack, "ingest")) as session:
        for number in range(WARM_UP + ALERTS):
            body = {"to": "p0@bare.example", "title": f"bare {number}"}
            bare.append(await _one(session, bare_url, body, arrivals, "p0@bare.example"))
            alert = firing(f"latency-{number}", system="bench-mail")
            url = ingest_url(stack)
            ours.append(await _one(session, url, alert, arrivals, "p0@bench.example"))
    return _summary(bare[WARM_UP:]), _summary(ours[WARM_UP:])


async def _one(
    session: aiohttp.ClientSession,
    url: str,
    body: dict[str, Any],
    arrivals: Arrivals,
    recipient: str,
) -> float:
    """Milliseconds from the POST to the mail taken; then a pause for what is done afterwards."""
    posted = time.time()
    async with session.post(url, json=body) as answer:
        answer.raise_for_status()
    arrived = _arrival(arrivals, recipient)
    await asyncio.sleep(PAUSE_SECONDS)
    return (arrived - posted) * 1000


def _arrival(arrivals: Arrivals, recipient: str) -> float:
    deadline = time.monotonic() + ARRIVES_WITHIN
    while time.monotonic() < deadline:
        for line in arrivals.wait_for(1, ARRIVES_WITHIN):
            if recipient in line["to"]:
                return moment(line)
    raise RuntimeError(f"No mail reached {recipient} within {ARRIVES_WITHIN:.0f} s.")


def _summary(taken: list[float]) -> Summary:
    return Summary(tuple(taken), sum(taken) / 1000)
