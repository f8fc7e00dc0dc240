"""What was kept for a while is forgotten, and nothing before its time."""

from __future__ import annotations

import pytest
from dispatcher.forgetting import FORGET
from tocsin_runtime.housekeeping import Housekeeping

from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_whom_a_person_was_asked_about_is_forgotten_after_ninety_days(world: World) -> None:
    async with world.database.connection() as conn:
        await conn.execute(
            """INSERT INTO asked_once (about, at) VALUES
               ('budget/acme/sms/long ago', now() - interval '91 days'),
               ('budget/acme/sms/of late', now() - interval '89 days')"""
        )

    await Housekeeping(world.database, FORGET).run_once()

    async with world.database.connection() as conn:
        left = await conn.fetch("SELECT about FROM asked_once")
    assert [row["about"] for row in left] == ["budget/acme/sms/of late"]


async def test_what_came_in_is_forgotten_after_ninety_days(world: World) -> None:
    async with world.database.connection() as conn:
        await conn.execute(
            """INSERT INTO inbound (id, channel, provider_key, sender, at) VALUES
               ('long ago', 'sms', 'a', '', now() - interval '91 days'),
               ('of late', 'sms', 'b', '', now() - interval '89 days')"""
        )

    await Housekeeping(world.database, FORGET).run_once()

    async with world.database.connection() as conn:
        left = await conn.fetch("SELECT id FROM inbound")
    assert [row["id"] for row in left] == ["of late"]
