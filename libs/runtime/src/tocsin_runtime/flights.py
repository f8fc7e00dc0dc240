"""Events on their way to the broker: per ordering key one after the other, keys side by side.

A key whose event the broker does not take rests for a moment and holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from tocsin_runtime.outbox_rows import Row

REST_SECONDS = 0.5

Send = Callable[[Row], Awaitable[bool]]
"""Whether the broker certainly has it."""


class Flights:
    """``landed`` is called whenever a key has come to its end, so that its rows can be marked."""

    def __init__(
        self, send: Send, landed: Callable[[], None], *, rest_seconds: float = REST_SECONDS
    ) -> None:
        self._send = send
        self._rest_seconds = rest_seconds
        self._landed = landed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sent: list[int] = []
        self._ended: set[str] = set()

    @property
    def busy(self) -> list[str]:
        """Keys of which nothing more may be taken now."""
        return [*self._tasks, *self._ended]

    def start(self, rows: Sequence[Row]) -> None:
        """Send ``rows``, none of whose keys is busy."""
        ordered = sorted(rows, key=lambda row: (row.ordering_key, row.id))
        for key, group in groupby(ordered, key=lambda row: row.ordering_key):
            self._tasks[key] = asyncio.create_task(self._fly(key, list(group)))

    def collect(self) -> list[int]:
        """The ids of rows that the broker has, each answered once; mark them, then ``settle``."""
        sent, self._sent = self._sent, []
        return sent

    def settle(self) -> None:
        """What was collected is marked: the keys that ended may be taken again."""
        self._ended.clear()

    async def end(self) -> None:
        """Wait until everything has landed."""
        await asyncio.gather(*self._tasks.values())

    def abandon(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def _fly(self, key: str, rows: Sequence[Row]) -> None:
        for row in rows:
            if not await self._send(row):
                await asyncio.sleep(self._rest_seconds)
                break
            self._sent.append(row.id)
        self._ended.add(key)
        del self._tasks[key]
        self._landed()
