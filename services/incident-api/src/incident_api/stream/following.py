"""One reader's stream: what they missed, then what comes, until their key ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from tocsin_runtime.database import Database

from incident_api.stream import store
from incident_api.stream.hub import Hub, reset
from incident_api.stream.model import Message, Position, coalesced

MOST_REPLAYED = 5000
CHECK_SECONDS = 30.0
"""How soon a stream ends after its key was revoked."""
READY = "ready"


class Follower:
    """``subject_id`` ``None``: everything; ``may_go_on`` is asked now and then."""

    def __init__(
        self,
        hub: Hub,
        database: Database,
        may_go_on: Callable[[], Awaitable[bool]],
        *,
        last: Position | None,
        subject_id: str | None,
    ) -> None:
        self._hub = hub
        self._database = database
        self._may_go_on = may_go_on
        self._last = last
        self._subject_id = subject_id

    async def messages(self) -> AsyncIterator[Message]:
        """Subscribed before the past is read, so that nothing falls between the two."""
        async with self._hub.subscribed() as subscription:
            for message in await self._missed(subscription.since):
                yield message
            next_check = _now() + CHECK_SECONDS
            while True:
                try:
                    async with asyncio.timeout_at(next_check):
                        message_or_end = await subscription.next()
                except TimeoutError:
                    if not await self._may_go_on():
                        return
                    next_check = _now() + CHECK_SECONDS
                    continue
                if message_or_end is None:
                    return
                if self._concerns(message_or_end):
                    yield message_or_end

    async def _missed(self, since: Position) -> list[Message]:
        """A first visit gets a place to go on from; a gap is said, never passed over."""
        if self._last is None:
            return [Message(READY, "{}", id=since)]
        if self._last >= since:
            ahead = self._last > since and not await self._is_known(self._last)
            return [reset("this event is not known here", since)] if ahead else []
        return await self._replayed(self._last, since)

    async def _is_known(self, position: Position) -> bool:
        async with self._database.connection() as conn:
            return await store.is_kept(conn, position)

    async def _replayed(self, last: Position, since: Position) -> list[Message]:
        async with self._database.connection() as conn:
            if not await store.is_kept(conn, last):
                return [reset("what came since is not kept any more", since)]
            read = await store.read_after(conn, last, MOST_REPLAYED + 1)
            missed = [change for change in read.changes if change.position <= since]
            if len(missed) > MOST_REPLAYED:
                return [reset("too much has happened since", since)]
            found = await self._hub.presenter.messages(conn, coalesced(missed))
        return [message for message in found if self._concerns(message)]

    def _concerns(self, message: Message) -> bool:
        return self._subject_id is None or message.subject_id in (None, self._subject_id)


def _now() -> float:
    return asyncio.get_running_loop().time()
