"""No connection is used again after any exception, for ever, or by two at once."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from aiosmtplib import SMTP
from dispatcher.channels.smtp_pool import SmtpPool


class Connection:
    """Stands for one open connection."""

    def __init__(self) -> None:
        self.is_connected = True
        self.users = 0

    def close(self) -> None:
        self.is_connected = False

    async def quit(self) -> None:
        self.close()


class World:
    def __init__(self, *, size: int = 2, max_uses: int = 100, max_age: float = 300) -> None:
        self.opened: list[Connection] = []
        self.now = 0.0
        self.pool = SmtpPool(
            self._connect,
            size=size,
            max_uses=max_uses,
            max_age=max_age,
            monotonic=lambda: self.now,
        )

    async def _connect(self) -> SMTP:
        self.opened.append(Connection())
        return cast(SMTP, self.opened[-1])

    async def use(self, failing: BaseException | None = None) -> Connection:
        async with self.pool.lease() as lease:
            connection = cast(Connection, lease.client)
            connection.users += 1
            assert connection.users == 1
            await asyncio.sleep(0)
            connection.users -= 1
            if failing is not None:
                raise failing
        return connection


async def test_a_connection_is_kept_and_used_again() -> None:
    world = World()

    assert await world.use() is await world.use()
    assert len(world.opened) == 1


@pytest.mark.parametrize("error", [ValueError(), TimeoutError(), asyncio.CancelledError()])
async def test_after_any_exception_it_is_closed(error: BaseException) -> None:
    world = World()

    with pytest.raises(type(error)):
        await world.use(failing=error)
    await world.use()

    assert [connection.is_connected for connection in world.opened] == [False, True]


async def test_two_hundred_faults_leave_the_pool_its_size() -> None:
    world = World(size=3)
    for _ in range(200):
        with pytest.raises(OSError):
            await world.use(failing=OSError())

    await asyncio.gather(*(world.use() for _ in range(20)))

    assert world.pool.idle == 3
    assert sum(connection.is_connected for connection in world.opened) == 3


async def test_it_goes_after_so_many_uses() -> None:
    world = World(max_uses=2)

    for _ in range(5):
        await world.use()

    assert len(world.opened) == 3


async def test_it_goes_when_it_is_old() -> None:
    world = World(max_age=60)
    await world.use()
    world.now = 61

    await world.use()

    assert len(world.opened) == 2


async def test_one_that_the_server_closed_meanwhile_is_not_handed_out() -> None:
    world = World()
    (await world.use()).close()

    await world.use()

    assert len(world.opened) == 2


async def test_closing_says_goodbye_to_all() -> None:
    world = World(size=4)
    await asyncio.gather(*(world.use() for _ in range(8)))

    await world.pool.close()

    assert not any(connection.is_connected for connection in world.opened)
    assert world.pool.idle == 0
