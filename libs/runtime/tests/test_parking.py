"""Parked events come back in order, and a lane waits for its own number only."""

from __future__ import annotations

import pytest
from tocsin_runtime import parking
from tocsin_runtime.database import Database
from tocsin_runtime.testing import FakeClock

from .conftest import event_about

pytestmark = pytest.mark.integration


async def test_a_lane_is_released_in_order_once_its_number_is_reached(database: Database) -> None:
    now = FakeClock().now()
    first, second, other = event_about("outage"), event_about("outage"), event_about("outage")
    async with database.transaction() as conn:
        for event, lane, until in [(first, "acme", 7), (second, "acme", 5), (other, "beta", 6)]:
            await parking.park(
                conn, queue="directory", lane=lane, until=until, event=event, now=now
            )
        assert await parking.parked_lanes(conn, queue="directory", subject="outage") == {
            "acme",
            "beta",
        }
        released = await parking.release(conn, queue="directory", reached=6)
        assert [(lane, event.id) for lane, event in released] == [("beta", other.id)]
        released = await parking.release(conn, queue="directory", reached=7)
        assert [event.id for _, event in released] == [first.id, second.id]


async def test_an_operator_releases_one_lane_whatever_it_waits_for(database: Database) -> None:
    event = event_about("outage")
    async with database.transaction() as conn:
        await parking.park(
            conn, queue="directory", lane="acme", until=99, event=event, now=FakeClock().now()
        )
        released = await parking.release(conn, queue="directory", lane="acme", subject="outage")
        assert [(lane, e.id) for lane, e in released] == [("acme", event.id)]
        assert await parking.release(conn, queue="directory") == []
