"""Follows the log, once a process, and hands what it reads to every open stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for
from tocsin_runtime.wakeup import Wakeup

from incident_api.metrics import STREAM_HELD_SECONDS
from incident_api.stream import store
from incident_api.stream.announcing import CHANNEL
from incident_api.stream.model import Message, Position, coalesced
from incident_api.stream.presenting import Presenter

MOST_WAITING = 1000
"""Events for one reader; one that is further behind begins anew."""
BATCH = 500
CHECK_SECONDS = 5.0
HELD_SECONDS = 0.02
LONGEST_HELD_SECONDS = 1.0
MOST_STREAMS = 200


class Subscription:
    """One open stream. ``next`` gives ``None`` once the process ends.

    ``since`` is the position after which it gets everything.
    """

    def __init__(self, since: Position) -> None:
        self.since = since
        self._waiting: asyncio.Queue[Message | None] = asyncio.Queue(MOST_WAITING)

    async def next(self) -> Message | None:
        return await self._waiting.get()

    def offer(self, message: Message | None) -> None:
        """Whoever does not keep up is told to read everything anew, instead of what waited."""
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            if message is not None:
                message = reset("this stream was not read fast enough", message.id)
        self._waiting.put_nowait(message)


def reset(reason: str, at: Position | None) -> Message:
    """The reader has missed something: what it shows must be read anew."""
    return Message("reset", f'{{"reason": "{reason}"}}', id=at)


def held_pause(times: int) -> float:
    """Seconds before the log is read again that was found held back ``times`` times in a row.

    Short at first, as most transactions are; one that stays open must not be polled for.
    """
    return min(HELD_SECONDS * 2.0 ** min(times - 1, 16), LONGEST_HELD_SECONDS)


class Hub:
    """The component. Without a reader it reads nothing; the first one begins where the log ends."""

    name = "stream"

    def __init__(
        self, database: Database, presenter: Presenter, *, most_streams: int = MOST_STREAMS
    ) -> None:
        self._most_streams = most_streams
        self.presenter = presenter
        self._database = database
        self._position = Position()
        self._subscriptions: set[Subscription] = set()
        self._wakeup = Wakeup()
        self._ended = False

    @property
    def is_full(self) -> bool:
        return len(self._subscriptions) >= self._most_streams

    @asynccontextmanager
    async def subscribed(self) -> AsyncIterator[Subscription]:
        if not self._subscriptions:
            await self.begin()
        subscription = Subscription(self._position)
        if self._ended:
            subscription.offer(None)
        self._subscriptions.add(subscription)
        self._wakeup.set()  # for what was announced while nobody read
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    async def run(self, stop: asyncio.Event) -> None:
        """Open streams end with the process: nobody waits for them."""
        try:
            await patiently(stop, self.name, self._tidy)
            while not stop.is_set():
                await patiently(stop, self.name, lambda: self._listen(stop))
        finally:
            self._ended = True
            for subscription in self._subscriptions:
                subscription.offer(None)

    async def _tidy(self) -> None:
        async with self._database.connection() as conn:
            await store.tidy(conn)

    async def begin(self) -> None:
        """From here on; what was before is replayed to whoever asks for it."""
        async with self._database.connection() as conn:
            newest = await store.newest(conn)
        if not self._subscriptions:  # somebody may have come meanwhile
            self._position = newest

    async def _listen(self, stop: asyncio.Event) -> None:
        async with self._database.connection() as conn:
            await conn.add_listener(CHANNEL, self._notified)
            try:
                held = 0
                while not stop.is_set():
                    held = held + 1 if await self.follow() else 0
                    await self._wait(stop, held)
                    await conn.execute("SELECT 1")  # finds out that the connection is gone
            finally:
                if not conn.is_closed():
                    await conn.remove_listener(CHANNEL, self._notified)

    async def _wait(self, stop: asyncio.Event, held: int) -> None:
        """What an unfinished transaction holds back comes without another word when it ends."""
        if held:
            await wait_for(stop, held_pause(held))
            STREAM_HELD_SECONDS.inc(held_pause(held))
        else:
            await self._wakeup.wait(stop, CHECK_SECONDS)

    async def follow(self) -> bool:
        """Read to the end; whether something is held back."""
        if not self._subscriptions:
            return False
        async with self._database.connection() as conn:
            while self._subscriptions:
                read = await store.read_after(conn, self._position, BATCH)
                if not read.changes:
                    return read.held
                for message in await self.presenter.messages(conn, coalesced(read.changes)):
                    self._hand_out(message)
                self._position = read.changes[-1].position
        return False

    def _hand_out(self, message: Message) -> None:
        for subscription in self._subscriptions:
            subscription.offer(message)

    def _notified(self, *_: object) -> None:
        self._wakeup.set()
