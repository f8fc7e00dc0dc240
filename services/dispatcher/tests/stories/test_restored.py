"""A dispatcher whose database was lost and built anew from the log: who was told is told on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from dispatcher.channels.port import RetryLater
from dispatcher.delivery.receipts import Receipt
from dispatcher.intake import restoring
from tocsin_contracts import envelope
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_contracts.words import Channel, DeliveryState, Kind, SuppressionCause
from tocsin_runtime.database import Database

from services.dispatcher.tests.facts import acme, address, jo, mia, opened, updated
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def another_database(fresh_database: Callable[[str], str]) -> AsyncIterator[Database]:
    database = await Database.open(fresh_database("dispatcher"), max_size=6)
    async with database.connection() as conn:
        await conn.execute("UPDATE creation SET created_at = '2026-01-01Z'")
    yield database
    await database.close()


async def published(world: World) -> list[Event[EventData]]:
    async with world.database.connection() as conn:
        rows = await conn.fetch("SELECT body FROM outbox ORDER BY id")
    return [envelope.decode(row["body"], KNOWN_TYPES) for row in rows]


async def rebuilt(world: World, database: Database) -> World:
    """Another world that knows what the log of the first one says."""
    anew = World(database, world.clock)
    anew.core.intake.quiet()
    await anew.knows_acme()
    await anew.hears(opened(anew.snapshot()))
    async with database.transaction() as conn:
        await restoring.notifications(conn, await published(world))
    anew.core = anew.another_process()
    return anew


async def told(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()


async def test_who_was_told_is_told_on_in_the_same_thread(
    world: World, another_database: Database
) -> None:
    await told(world)
    first = next(sent for sent in world.mails if sent.address.startswith("jo@"))
    anew = await rebuilt(world, another_database)
    assert await anew.deliver() == 0
    await anew.hears(updated(anew.snapshot(), "A controller has failed."))
    await anew.deliver()

    [mail] = [sent for sent in anew.mails if sent.address.startswith("jo@")]
    assert mail.kind is Kind.UPDATE
    assert mail.message.thread.root_id == first.message.thread.message_id


async def test_who_holds_the_role_no_more_is_told_on_though_the_plan_names_another(
    world: World, another_database: Database
) -> None:
    await told(world)
    anew = await rebuilt(world, another_database)
    await anew.knows(
        acme(jo(roles=("retired",)), mia()), people=[address("jo", email="jo@acme.example")]
    )
    await anew.hears(updated(anew.snapshot()))
    await anew.deliver()

    assert [sent.address for sent in anew.mails if sent.address.startswith("jo@")]


async def test_what_had_not_gone_is_said_with_the_next_word(
    world: World, another_database: Database
) -> None:
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    await told(world)
    anew = await rebuilt(world, another_database)
    rows = await anew.rows()
    assert {(row["state"], row["reason"]) for row in rows} == {("failed", restoring.LOST)}
    await anew.hears(updated(anew.snapshot(), "A controller has failed."))
    await anew.deliver()

    assert {sent.kind for sent in anew.mails} == {Kind.INITIAL}


async def test_reading_the_log_twice_changes_nothing(
    world: World, another_database: Database
) -> None:
    await told(world)
    anew = await rebuilt(world, another_database)
    before = await anew.rows()
    async with another_database.transaction() as conn:
        await restoring.notifications(conn, await published(world))

    assert await anew.rows() == before


async def test_a_mailbox_that_bounced_is_left_alone_after_a_rebuild_too(
    world: World, another_database: Database
) -> None:
    await told(world)
    row = next(row for row in await world.rows() if row["person"] == "jo")
    bounced = Receipt(
        row["id"],
        DeliveryState.FAILED,
        world.clock.now(),
        "550 no such mailbox",
        SuppressionCause.HARD_BOUNCE,
    )
    await world.core.receipts.record(bounced)
    anew = await rebuilt(world, another_database)

    await anew.hears(updated(anew.snapshot()))
    await anew.deliver()

    assert not [sent for sent in anew.mails if sent.address.startswith("jo@")]
    last = [row for row in await anew.rows() if row["person"] == "jo"][-1]
    assert last["reason"] == "suppressed: 550 no such mailbox"


async def suppressed(
    world: World, cause: SuppressionCause, since: datetime, expires: datetime
) -> None:
    [row] = [row for row in await world.rows(channel="email") if row["person"] == "jo"]
    async with world.database.transaction() as conn:
        await world.core.suppressions.suppress(
            conn, Channel.EMAIL, row["destination"], cause, "unwanted", since, expires
        )


async def suppressions(database: Database) -> list[tuple[str, datetime]]:
    async with database.connection() as conn:
        rows = await conn.fetch("SELECT cause, expires_at FROM suppressions ORDER BY since")
    return [(row["cause"], row["expires_at"]) for row in rows]


async def test_a_bounce_that_became_a_complaint_is_one_after_a_rebuild_too(
    world: World, another_database: Database
) -> None:
    await told(world)
    now = world.clock.now()
    await suppressed(world, SuppressionCause.HARD_BOUNCE, now, now + timedelta(days=30))
    await suppressed(world, SuppressionCause.COMPLAINT, now, now + timedelta(days=180))
    anew = await rebuilt(world, another_database)

    assert await suppressions(anew.database) == [("complaint", now + timedelta(days=180))]


async def test_a_mailbox_that_bounced_again_after_its_month_is_left_alone_after_a_rebuild(
    world: World, another_database: Database
) -> None:
    await told(world)
    now = world.clock.now()
    month, bounce = timedelta(days=30), SuppressionCause.HARD_BOUNCE
    await suppressed(world, bounce, now - month, now - timedelta(days=1))
    await suppressed(world, bounce, now, now + month)
    anew = await rebuilt(world, another_database)

    assert await suppressions(anew.database) == [("hard_bounce", now + month)]


async def test_what_is_to_be_tried_again_has_failed_once_its_text_is_lost(
    world: World, another_database: Database
) -> None:
    await told(world)
    row = next(row for row in await world.rows() if row["person"] == "jo")
    anew = await rebuilt(world, another_database)
    await anew.core.receipts.retry(row["id"], anew.clock.now(), "the telephone was off")
    await anew.deliver()

    [late] = [row for row in await anew.rows() if row["person"] == "jo"]
    assert (late["state"], late["reason"]) == ("failed", "the telephone was off")
