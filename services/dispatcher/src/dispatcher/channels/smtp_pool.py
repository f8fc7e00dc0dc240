"""Kept-alive connections to one mail server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException

QUIT_SECONDS = 2


@dataclass
class Lease:
    """One connection in one sender's hands; ``reused``: it has carried a message before."""

    client: SMTP
    opened_at: float
    uses: int = 0

    @property
    def reused(self) -> bool:
        return self.uses > 0


class SmtpPool:
    """At most ``size`` connections, each used by one sender at a time.

    A connection that saw any exception is closed, never reused: a late answer would be taken for
    the answer to the next command. It also goes after ``max_uses`` messages or ``max_age`` seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[SMTP]],
        *,
        size: int,
        max_uses: int,
        max_age: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._connect = connect
        self._slots = asyncio.Semaphore(size)
        self._idle: list[Lease] = []
        self._max_uses = max_uses
        self._max_age = max_age
        self._monotonic = monotonic

    @property
    def idle(self) -> int:
        return len(self._idle)

    @contextlib.asynccontextmanager
    async def lease(self, *, fresh: bool = False) -> AsyncIterator[Lease]:
        async with self._slots:
            lease = (None if fresh else self._take()) or await self._open()
            try:
                yield lease
            except BaseException:
                lease.client.close()
                raise
            lease.uses += 1
            self._idle.append(lease)

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_quit(lease.client) for lease in idle))

    def _take(self) -> Lease | None:
        """The connection used last: it is the least likely to have been closed meanwhile."""
        while self._idle:
            lease = self._idle.pop()
            if lease.client.is_connected and self._is_young(lease):
                return lease
            lease.client.close()
        return None

    async def _open(self) -> Lease:
        return Lease(client=await self._connect(), opened_at=self._monotonic())

    def _is_young(self, lease: Lease) -> bool:
        return lease.uses < self._max_uses and self._monotonic() - lease.opened_at < self._max_age


async def _quit(client: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError, TimeoutError):
        async with asyncio.timeout(QUIT_SECONDS):
            await client.quit()
    client.close()
