"""Fan-out: one outage, 2,000 recipients, against a bare pool that builds each mail and sends it.

The peer starts with its mails' text in hand; ours starts with the alert, so the clock runs from
POST to the last mail taken.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import aiohttp

from bench.alerts import directory, firing
from bench.api import apply, bearer, ingest_url
from bench.arrivals import Arrivals, moment
from bench.bare_process import BARE
from devstack.stack_process import StackProcess

RECIPIENTS = 2_000
TURNS = 3
SETTLE_SECONDS = 5
"""After a fan-out its outcomes are still being written into the timeline."""
ARRIVE_WITHIN = 120.0
AIM = 0.8


async def run(stack: StackProcess) -> bool:
    await apply(stack, directory(RECIPIENTS))
    await _tell(stack, "warm-up")
    bare, ours = [], []
    for turn in range(TURNS):
        ours.append(await _tell(stack, f"fan-out-{turn}"))
        await asyncio.sleep(SETTLE_SECONDS)
        bare.append(await _bare(stack))
    ratio = min(bare) / min(ours)
    print(f"fan-out  bare pool   {_said(bare)}")
    print(f"         Tocsin      {_said(ours)}")
    print(f"         ratio of the best turns {ratio:.2f} (aim {AIM})\n")
    return ratio >= AIM


def _said(turns: list[float]) -> str:
    each = ", ".join(f"{seconds:.2f}" for seconds in turns)
    return f"{RECIPIENTS} mails in {each} s, at best {RECIPIENTS / min(turns):,.0f}/s"


async def _tell(stack: StackProcess, name: str) -> float:
    """Seconds from one alert to the last recipient's mail; each recipient must get exactly one."""
    arrivals = Arrivals(stack.journal)
    posted = time.time()
    async with (
        aiohttp.ClientSession(headers=bearer(stack, "ingest")) as session,
        session.post(ingest_url(stack), json=firing(name, system="bench-mail")) as answer,
    ):
        answer.raise_for_status()
    came = _to_the_bench(arrivals, RECIPIENTS)
    told = {line["to"][0] for line in came}
    if len(told) != RECIPIENTS or len(came) != RECIPIENTS:
        raise RuntimeError(f"{len(came)} mails for {len(told)} of {RECIPIENTS} recipients.")
    return max(map(moment, came)) - posted


def _to_the_bench(arrivals: Arrivals, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + ARRIVE_WITHIN
    came: list[dict[str, Any]] = []
    while len(came) < count and time.monotonic() < deadline:
        lines = arrivals.wait_for(1, 1.0)
        came += [line for line in lines if line["to"][0].endswith("@bench.example")]
    return came


async def _bare(stack: StackProcess) -> float:
    """The same text and HTML that ours sent, by the bare pool, to the same mail server."""
    text, html = await _last_mail(stack)
    (stack.layout.folder / "bare.txt").write_text(text)
    (stack.layout.folder / "bare.html").write_text(html)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(BARE / "fanout.py"),
        stack.document["smtp"].rpartition(":")[2],
        str(RECIPIENTS),
        str(stack.layout.folder / "bare.txt"),
        str(stack.layout.folder / "bare.html"),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), timeout=ARRIVE_WITHIN)
    return float(printed)


async def _last_mail(stack: StackProcess) -> tuple[str, str]:
    url = f"{stack.document['sandbox_url']}/messages?to=p0@bench.example&limit=1"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        item = (await answer.json())["items"][0]
    return item["text"], item["html"] or ""
