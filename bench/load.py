"""A closed loop of HTTP callers: each sends its next request when the last was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import aiohttp

from bench.timings import Summary


async def post_all(
    url: str,
    bodies: list[dict[str, Any]],
    *,
    headers: Mapping[str, str] | None = None,
    callers: int = 16,
    expect: int = 202,
) -> Summary:
    """POST every body once over kept connections; any other answer than ``expect`` ends the run."""
    waiting = iter(bodies)
    taken: list[float] = []
    connector = aiohttp.TCPConnector(limit=callers)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def caller() -> None:
            for body in waiting:
                started = time.perf_counter()
                async with session.post(url, json=body) as answer:
                    text = await answer.text()
                    if answer.status != expect:
                        raise RuntimeError(f"{url} answered {answer.status}: {text[:300]}")
                taken.append((time.perf_counter() - started) * 1000)

        began = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(callers)))
        return Summary(tuple(taken), time.perf_counter() - began)
