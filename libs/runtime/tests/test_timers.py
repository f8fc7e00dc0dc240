"""Timers: what is due fires once, whoever else is running and whatever was restarted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import pytest
from tocsin_runtime import timers
from tocsin_runtime.database import Connection, Database, lock_subject
from tocsin_runtime.testing import FakeClock
from tocsin_runtime.timers import Timer, TimerLoop

pytestmark = pytest.mark.integration


class Bell:
    def __init__(self) -> None:
        self.rung: list[tuple[str, datetime]] = []

    async def ring(self, _: Connection, due: Sequence[Timer], now: datetime) -> None:
        self.rung += [(timer.key, now) for timer in due]


def a_timer(key: str, due_at: datetime, subject: str = "outage") -> Timer:
    return Timer(kind="step", key=key, subject=subject, due_at=due_at, payload={"n": 1})


async def test_a_timer_fires_when_its_moment_has_come_and_never_again(database: Database) -> None:
    clock, bell = FakeClock(), Bell()
    loop = TimerLoop(database=database, clock=clock, handler=bell.ring)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now() + timedelta(minutes=15))])
    clock.advance(minutes=14)
    assert await loop.fire_due() == 0
    at = clock.advance(minutes=1)
    assert await loop.fire_due() == 1
    clock.advance(hours=1)
    assert await loop.fire_due() == 0
    assert bell.rung == [("a", at)]


async def test_a_timer_that_came_due_while_nothing_ran_fires_late(database: Database) -> None:
    clock, bell = FakeClock(), Bell()
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now() + timedelta(minutes=1))])
    clock.advance(hours=3)
    restarted = TimerLoop(database=database, clock=clock, handler=bell.ring)
    assert await restarted.fire_due() == 1


async def test_arming_again_moves_the_moment(database: Database) -> None:
    clock, bell = FakeClock(), Bell()
    loop = TimerLoop(database=database, clock=clock, handler=bell.ring)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now())])
        await timers.arm(conn, [a_timer("a", clock.now() + timedelta(minutes=5))])
        assert [t.due_at for t in await timers.armed(conn, subject="outage")] == [
            clock.now() + timedelta(minutes=5)
        ]
    assert await loop.fire_due() == 0


async def test_cancelled_timers_do_not_fire(database: Database) -> None:
    clock, bell = FakeClock(), Bell()
    loop = TimerLoop(database=database, clock=clock, handler=bell.ring)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now()), a_timer("b", clock.now(), "other")])
        assert await timers.cancel(conn, subject="outage") == 1
    await loop.fire_due()
    assert [key for key, _ in bell.rung] == ["b"]


async def test_a_subject_whose_handler_fails_is_put_off_and_the_others_fire(
    database: Database,
) -> None:
    clock, bell = FakeClock(), Bell()

    async def ring(conn: Connection, due: Sequence[Timer], now: datetime) -> None:
        if any(timer.subject == "broken" for timer in due):
            await conn.execute("DELETE FROM timers")
            raise KeyError("lane")
        await bell.ring(conn, due, now)

    loop = TimerLoop(database=database, clock=clock, handler=ring)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("x", clock.now(), "broken"), a_timer("a", clock.now())])
        await timers.arm(conn, [a_timer("later", clock.now() + timedelta(hours=1), "other")])
    assert await loop.fire_due() == 1
    assert [key for key, _ in bell.rung] == ["a"]
    assert await loop.fire_due() == 0
    async with database.connection() as conn:
        [put_off] = await timers.armed(conn, subject="broken")
        assert put_off.due_at == clock.now() + timedelta(minutes=1)
        assert len(await timers.armed(conn, subject="other")) == 1


async def test_one_failing_subject_of_many_is_found_without_trying_each_by_itself(
    database: Database,
) -> None:
    clock, bell = FakeClock(), Bell()
    tries: list[int] = []

    async def ring(conn: Connection, due: Sequence[Timer], now: datetime) -> None:
        tries.append(len(due))
        if any(timer.subject == "s37" for timer in due):
            raise KeyError("lane")
        await bell.ring(conn, due, now)

    loop = TimerLoop(database=database, clock=clock, handler=ring)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer(str(n), clock.now(), f"s{n}") for n in range(128)])
    assert await loop.fire_due() == 127
    assert sorted(int(key) for key, _ in bell.rung) == [n for n in range(128) if n != 37]
    assert sorted(tries) == sorted([128, *(2 * [64, 32, 16, 8, 4, 2, 1])])


async def test_where_waiting_helps_the_timer_stays_as_it_was(database: Database) -> None:
    clock = FakeClock()

    async def fail(*_: object) -> None:
        raise ConnectionResetError

    loop = TimerLoop(database=database, clock=clock, handler=fail)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now())])
    with pytest.raises(ConnectionResetError):
        await loop.fire_due()
    async with database.connection() as conn:
        assert [t.due_at for t in await timers.armed(conn, subject="outage")] == [clock.now()]


async def test_a_subject_being_changed_is_left_for_the_next_round(database: Database) -> None:
    clock, bell = FakeClock(), Bell()
    loop = TimerLoop(database=database, clock=clock, handler=bell.ring)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now())])
    async with database.transaction() as conn:
        await lock_subject(conn, "outage")
        assert await loop.fire_due() == 0
    assert await loop.fire_due() == 1


async def test_what_another_replica_is_firing_is_passed_over(
    open_database: Callable[[], Awaitable[Database]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "BATCH", 10)
    clock, bell = FakeClock(), Bell()
    first, second = await open_database(), await open_database()
    other = TimerLoop(database=second, clock=clock, handler=bell.ring)

    async def ring(_: Connection, due: Sequence[Timer], __: datetime) -> None:
        assert await other.fire_due() == 10
        assert {key for key, _ in bell.rung}.isdisjoint(timer.key for timer in due)

    async with first.transaction() as conn:
        await timers.arm(conn, [a_timer(str(n), clock.now(), f"s{n}") for n in range(20)])
    assert await TimerLoop(database=first, clock=clock, handler=ring).fire_due() == 10


async def test_two_replicas_share_a_burst_and_fire_each_timer_once(
    open_database: Callable[[], Awaitable[Database]],
) -> None:
    clock, bell = FakeClock(), Bell()
    first, second = await open_database(), await open_database()
    async with first.transaction() as conn:
        await timers.arm(conn, [a_timer(str(n), clock.now(), f"s{n}") for n in range(500)])
    loops = [TimerLoop(database=d, clock=clock, handler=bell.ring) for d in (first, second)]

    async def drain(loop: TimerLoop) -> None:
        while await loop.fire_due():
            pass

    for _ in range(3):
        await asyncio.gather(*(drain(loop) for loop in loops))
    assert sorted(key for key, _ in bell.rung) == sorted(str(n) for n in range(500))


async def test_while_held_nothing_fires(database: Database) -> None:
    clock, bell = FakeClock(), Bell()
    held = True
    loop = TimerLoop(database=database, clock=clock, handler=bell.ring, hold=lambda: held)
    async with database.transaction() as conn:
        await timers.arm(conn, [a_timer("a", clock.now())])
    stop = asyncio.Event()
    task = asyncio.create_task(loop.run(stop))
    await asyncio.sleep(0.05)
    assert bell.rung == []
    held = False
    loop.wake()
    async with asyncio.timeout(10):
        while not bell.rung:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await task
