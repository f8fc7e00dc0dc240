"""The run: 300 incidents, posted in bursts, and something breaks in the middle of each burst."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import httpx

from devstack.sandbox.journal import read
from devstack.stack_process import StackProcess
from tests.torture.faults import Breaker, Fault, Fired, until
from tests.torture.member import SecondMember
from tests.torture.model import Send, expected
from tests.torture.poster import Poster, incidents
from tests.torture.provider import SYSTEMS, directory
from tests.torture.tally import Tally, Window, tally

INCIDENTS = 300
SETTLES_WITHIN = 420.0
STANDS_STILL_AFTER = 90.0
"""Longer than the pause between two attempts of one delivery."""
LATE_REPEATS_WITHIN = 30.0
"""A message whose record was lost is sent again once its lease has run out."""


@dataclass
class Run:
    """Everything that happened; ``names`` maps an incident's reference to its posted name."""

    incidents: list[dict[str, Any]]
    expected: Counter[Send]
    fired: list[Fired] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def windows(self) -> list[Window]:
        return [window for fired in self.fired if (window := fired.window())]

    def tally(self) -> Tally:
        return tally(self.lines, self.expected, self.names)


class Torture:
    def __init__(self, stack: StackProcess) -> None:
        self._stack = stack
        self._api = stack.document["api_url"]
        self._keys = stack.document["keys"]
        self._document = directory(stack.document["sandbox_url"])
        self._poster = Poster(f"{self._api}/v1/ingest/alertmanager", self._keys["ingest"])
        self._second = SecondMember(stack, stack.layout.log("dispatcher-2"))
        self._breaker = Breaker(stack, self._second)

    def faults(self) -> list[Fault]:
        """Each is struck in the middle of a burst of firing alerts, the last two of resolves."""
        breaker = self._breaker
        return [
            lambda: breaker.kill("incident-api"),
            lambda: breaker.kill("dispatcher"),
            lambda: breaker.kill("escalation"),
            breaker.restart_broker,
            breaker.restart_postgres,
            breaker.refuse_database,
            breaker.lock_database,
            breaker.kill_second,
        ]

    def faults_while_resolving(self) -> list[Fault]:
        return [
            lambda: self._breaker.kill("dispatcher"),
            lambda: self._breaker.kill("incident-api"),
        ]

    async def run(self) -> Run:
        wanted = incidents(INCIDENTS, [system["key"] for system in SYSTEMS])
        run = Run(wanted, expected(self._document, wanted))
        await asyncio.to_thread(self._apply)
        self._second.start()
        watching = asyncio.create_task(self._watch_second())
        try:
            await until(self._second.child.ready, "the second dispatcher came up")
            await self._fire(run)
            await self._settle(run, Counter(dict.fromkeys(run.expected, 1)))
            await self._resolve(run)
            await self._settle(run, run.expected)
            await asyncio.sleep(LATE_REPEATS_WITHIN)
            run.lines = read(self._stack.journal)
        finally:
            watching.cancel()
            await asyncio.to_thread(self._second.stop)
        return run

    def _apply(self) -> None:
        headers = {"Authorization": f"Bearer {self._keys['admin']}"}
        answer = httpx.put(
            f"{self._api}/v1/directory", json=self._document, headers=headers, timeout=30
        )
        assert answer.status_code == 200, answer.text

    async def _watch_second(self) -> None:
        while True:
            self._second.look()
            await asyncio.sleep(0.1)

    async def _fire(self, run: Run) -> None:
        faults = self.faults()
        for burst, fault in zip(_shares(run.incidents, len(faults)), faults, strict=True):
            posting = self._poster.fire(burst)
            run.fired.append(await self._strike(posting, fault, len(burst) // 3))

    async def _resolve(self, run: Run) -> None:
        over = [incident for incident in run.incidents if incident["resolved"]]
        faults = self.faults_while_resolving()
        for burst, fault in zip(_shares(over, len(faults)), faults, strict=True):
            run.fired.append(
                await self._strike(self._poster.resolve(burst), fault, len(burst) // 3)
            )

    async def _strike(self, posting: Coroutine[Any, Any, None], fault: Fault, after: int) -> Fired:
        """Break something once ``after`` alerts of the burst were answered; then let both end."""
        before = self._poster.posted
        task = asyncio.create_task(posting)
        await until(lambda: self._poster.posted - before >= after, "the burst began")
        fired = await fault()
        await task
        print(f"struck: {fired.fault} ({fired.proof})")  # noqa: T201
        return fired

    async def _settle(self, run: Run, due: Counter[Send]) -> None:
        """Wait until all of ``due`` is there, or nothing has come for a long while."""
        await asyncio.to_thread(self._name_incidents, run)
        deadline = time.monotonic() + SETTLES_WITHIN
        last_count, last_change = -1, time.monotonic()
        while time.monotonic() < deadline:
            lines = read(self._stack.journal)
            if len(lines) != last_count:
                last_count, last_change = len(lines), time.monotonic()
            if not tally(lines, due, run.names).lost:
                return
            if time.monotonic() - last_change > STANDS_STILL_AFTER:
                return
            await asyncio.sleep(1)

    def _name_incidents(self, run: Run) -> None:
        headers = {"Authorization": f"Bearer {self._keys['read']}"}
        with httpx.Client(base_url=self._api, headers=headers, timeout=30) as client:
            for name, number in self._poster.ids.items():
                if name not in run.names.values():
                    answer = client.get(f"/v1/incidents/{number}").raise_for_status()
                    run.names[answer.json()["ref"]] = name


def _shares(items: list[dict[str, Any]], count: int) -> list[list[dict[str, Any]]]:
    """``items`` in order, cut into ``count`` parts of about one size."""
    edges = [len(items) * part // count for part in range(count + 1)]
    return [items[start:end] for start, end in pairwise(edges)]
