"""Moments of this service's own: armed in a transaction, fired by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from incident_api.clocks.clocks import Clocks, Firing, Handlers, together
from incident_api.testing import Api
from tocsin_runtime.database import Connection
from tocsin_runtime.timers import Timer, TimerLoop, armed


class Diary:
    """A handler that notes what it was given."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    async def __call__(self, _conn: Connection, timer: Timer, _now: datetime) -> None:
        self.noted.append(timer.subject)


def test_two_packages_cannot_both_handle_a_kind() -> None:
    one: Handlers = {"publish": Diary()}
    with pytest.raises(ValueError, match="two handlers for timers of kind publish"):
        together(one, {"publish": Diary()})


@pytest.mark.integration
async def test_a_timer_fires_once_its_moment_has_come_and_only_once(api: Api) -> None:
    diary, woken = Diary(), []
    clocks = Clocks(api.database, lambda: woken.append(True))
    loop = TimerLoop(
        database=api.database, clock=api.clock, handler=Firing(together({"one": diary}))
    )
    due = api.clock.now() + timedelta(minutes=10)
    async with api.database.transaction() as conn:
        await clocks.arm(conn, [Timer("one", "b:1", "b", due), Timer("one", "a:1", "a", due)])
        assert woken == []
    assert woken == [True]
    assert await loop.fire_due() == 0
    api.clock.advance(minutes=10)
    assert await loop.fire_due() == 2
    assert diary.noted == ["a", "b"]
    assert await loop.fire_due() == 0


@pytest.mark.integration
async def test_a_kind_of_a_newer_version_is_kept_for_later(api: Api) -> None:
    diary: Any = Diary()
    loop = TimerLoop(database=api.database, clock=api.clock, handler=Firing({"one": diary}))
    now = api.clock.now()
    async with api.database.transaction() as conn:
        await Clocks(api.database).arm(
            conn, [Timer("one", "a:1", "a", now), Timer("strange", "b:1", "b", now)]
        )
    assert await loop.fire_due() == 1
    assert diary.noted[-1] == "a"
    async with api.database.connection() as conn:
        (kept,) = await armed(conn, subject="b")
    assert kept.due_at > now
