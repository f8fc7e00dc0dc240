"""Latency: from POST to the mail taken by the mail server, against a bare chain of the same hops.

One alert at a time, the next when the last has arrived: this is the way, not the queue.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

import aiohttp

from bench.alerts import directory, firing
from bench.api import apply, bearer, ingest_url
from bench.arrivals import Arrivals, moment
from bench.bare_process import bare_server
from bench.timings import Summary, summary
from devstack.stack_process import StackProcess

ALERTS = 200
WARM_UP = 20
ARRIVES_WITHIN = 30.0
AIM = 4.0


async def run(stack: StackProcess) -> bool:
    await apply(stack, directory(1))
    bare = await _bare(stack)
    ours = await _ours(stack)
    ratio = ours.p50 / bare.p50
    print(f"latency  bare chain          {bare}")
    print(f"         Tocsin              {ours}")
    print(f"         p50 is {ratio:.1f}× bare (aim ≤ {AIM:.0f}×)\n")
    return ratio <= AIM


async def _bare(stack: StackProcess) -> Summary:
    document = stack.document
    dsn, kafka = document["postgres"]["incident_api"], document["kafka"]
    smtp, topic = document["smtp"].rpartition(":")[2], f"bare.{uuid.uuid4().hex}"
    bodies = [
        {"to": "p0@bare.example", "title": f"bare {number}"} for number in range(ALERTS + WARM_UP)
    ]
    log = stack.layout.log("bare")
    with bare_server("chain.py", dsn, kafka, smtp, topic, port_at=3, log=log) as url:
        return await _one_by_one(stack, url, {}, bodies, "p0@bare.example")


async def _ours(stack: StackProcess) -> Summary:
    bodies = [
        firing(f"latency-{number}", system="bench-mail") for number in range(ALERTS + WARM_UP)
    ]
    headers = bearer(stack, "ingest")
    return await _one_by_one(stack, ingest_url(stack), headers, bodies, "p0@bench.example")


async def _one_by_one(
    stack: StackProcess,
    url: str,
    headers: dict[str, str],
    bodies: list[dict[str, Any]],
    recipient: str,
) -> Summary:
    arrivals, taken = Arrivals(stack.journal), []
    began = time.perf_counter()
    async with aiohttp.ClientSession(headers=headers) as session:
        for number, body in enumerate(bodies):
            posted = time.time()
            async with session.post(url, json=body) as answer:
                answer.raise_for_status()
            arrived = _arrival(arrivals, recipient)
            if number >= WARM_UP:
                taken.append((arrived - posted) * 1000)
    return summary(taken, time.perf_counter() - began)


def _arrival(arrivals: Arrivals, recipient: str) -> float:
    deadline = time.monotonic() + ARRIVES_WITHIN
    while time.monotonic() < deadline:
        for line in arrivals.wait_for(1, ARRIVES_WITHIN):
            if recipient in line["to"]:
                return moment(line)
    raise RuntimeError(f"No mail reached {recipient} within {ARRIVES_WITHIN:.0f} s.")
