"""From an outbox row through Kafka into another transaction, whatever breaks on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
from tocsin_contracts.envelope import Event, EventData, decode
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_runtime.batch import BatchProcessor
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.consumer import Consumer, Handler
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.kafka import new_consumer, new_producer
from tocsin_runtime.letters import StoredLetter, replay, stored_letters
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.process import Component
from tocsin_runtime.rebuild import rebuild_from
from tocsin_runtime.relay import Relay

from .conftest import World, event_about

pytestmark = pytest.mark.integration


@asynccontextmanager
async def running(*components: Component) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(component.run(stop)) for component in components]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Poll what another task brings about; fails when it does not come."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Ledger:
    """A handler that keeps what it was given, in memory and in the transaction's table."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.fail_on: set[str] = set()
        self.failures = 0

    async def handle(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        for event in events:
            if event.subject in self.fail_on:
                self.failures += 1
                raise RuntimeError(f"cannot handle {event.subject}")
        await conn.execute("SELECT 1")
        self.subjects += [event.subject for event in events]


def consumer_of(world: World, handler: Handler, name: str = "ledger") -> Consumer:
    return Consumer(
        service="dispatcher",
        name=f"{name}.{world.topic.name}",
        topics=[world.topic],
        handler=handler,
        database=world.database,
        settings=world.settings,
        clock=SystemClock(),
    )


def relay_of(world: World) -> Relay:
    relay = Relay(world.database, world.settings)
    world.outbox = Outbox(world.database, relay.wake)
    return relay


async def test_an_event_committed_in_one_place_is_handled_in_the_other(world: World) -> None:
    ledger = Ledger()
    consumer = consumer_of(world, ledger.handle)
    async with running(relay_of(world), consumer):
        await world.publish("a", "b")
        await until(lambda: sorted(ledger.subjects) == ["a", "b"])
        await until(lambda: consumer.caught_up_since is not None)
    assert await world.database.pool.fetchval("SELECT count(*) FROM inbox") == 2
    assert (
        await world.database.pool.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        == 0
    )


async def test_a_rolled_back_transaction_publishes_nothing(world: World) -> None:
    ledger = Ledger()
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        with pytest.raises(ZeroDivisionError):
            await _write_and_fail(world)
        await world.publish("after")
        await until(lambda: "after" in ledger.subjects)
    assert ledger.subjects == ["after"]


async def _write_and_fail(world: World) -> None:
    async with world.database.transaction() as conn:
        await world.outbox.add(conn, [event_about("never")], topic=world.topic.name)
        raise ZeroDivisionError


async def test_a_repeated_publish_changes_nothing(world: World) -> None:
    ledger = Ledger()
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        await world.publish("once")
        await until(lambda: ledger.subjects == ["once"])
        await world.database.pool.execute("UPDATE outbox SET published_at = NULL")
        await world.publish("last")
        await until(lambda: "last" in ledger.subjects)
    assert ledger.subjects == ["once", "last"]


async def test_a_lower_outbox_id_that_commits_later_is_published_too(
    world: World, open_database: Callable[[], Awaitable[Database]]
) -> None:
    ledger = Ledger()
    other = await open_database()
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        async with other.transaction() as slow:
            await Outbox(other).add(slow, [event_about("slow")], topic=world.topic.name)
            await world.publish("quick")
            await until(lambda: ledger.subjects == ["quick"])
        await until(lambda: ledger.subjects == ["quick", "slow"])


async def test_two_relays_keep_the_order_of_each_subject(
    world: World, open_database: Callable[[], Awaitable[Database]]
) -> None:
    seen: dict[str, list[str]] = {}

    async def note(_: Connection, events: Sequence[Event[EventData]]) -> None:
        for event in events:
            seen.setdefault(event.subject, []).append(event.id)

    second = Relay(await open_database(), world.settings)
    written: dict[str, list[str]] = {}
    async with running(relay_of(world), second, consumer_of(world, note)):
        for _ in range(10):
            for event in await world.publish("a", "b", "c"):
                written.setdefault(event.subject, []).append(event.id)
        await until(lambda: sum(map(len, seen.values())) == 30)
    assert seen == written


async def test_what_cannot_be_parsed_is_put_aside_and_the_rest_goes_on(world: World) -> None:
    ledger = Ledger()
    producer = new_producer(world.settings)
    await producer.start()
    await producer.send_and_wait(world.topic.name, b"{not json", key=b"bad")
    await producer.stop()
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        await world.publish("good")
        await until(lambda: ledger.subjects == ["good"])
    letters = await world.database.pool.fetch(
        "SELECT body, headers FROM outbox WHERE topic = 'tocsin.dispatcher.deadletters'"
    )
    assert [row["body"] for row in letters] == [b"{not json"]
    assert letters[0]["headers"]["dl_topic"] == world.topic.name
    assert letters[0]["headers"]["dl_reason"]


async def test_one_event_that_fails_is_put_aside_alone(world: World) -> None:
    ledger = Ledger()
    ledger.fail_on = {"poison"}
    await world.publish("before", "poison", "behind")
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        await until(lambda: {"before", "behind"} <= set(ledger.subjects))
        await until(lambda: ledger.failures >= 4)
    letters = await world.database.pool.fetchval(
        "SELECT count(*) FROM outbox WHERE topic = 'tocsin.dispatcher.deadletters'"
    )
    assert letters == 1
    assert "poison" not in ledger.subjects


async def test_too_many_dead_letters_halt_the_consumer_before_the_offset(world: World) -> None:
    limited = world.settings.model_copy(update={"dead_letter_limit_per_minute": 2})
    world.settings = limited
    producer = new_producer(limited)
    await producer.start()
    for number in range(5):
        await producer.send_and_wait(world.topic.name, b"rubbish %d" % number, key=b"bad")
    await producer.stop()
    ledger = Ledger()
    consumer = consumer_of(world, ledger.handle)
    async with running(consumer):
        await until(lambda: consumer.processor.halted)
        await world.publish("kept back")
    assert ledger.subjects == []


async def test_while_the_database_is_away_the_consumer_waits_and_loses_nothing(
    world: World,
) -> None:
    ledger = Ledger()
    away = asyncio.Event()
    away.set()
    refused = 0

    async def handle(conn: Connection, events: Sequence[Event[EventData]]) -> None:
        nonlocal refused
        if away.is_set():
            refused += 1
            raise ConnectionResetError("the server closed the connection")
        await ledger.handle(conn, events)

    consumer = consumer_of(world, handle)
    async with running(relay_of(world), consumer):
        await world.publish("patient")
        await until(lambda: refused >= 2)
        away.clear()
        await until(lambda: ledger.subjects == ["patient"])
    assert await world.database.pool.fetchval("SELECT count(*) FROM inbox") == 1


async def test_sessions_cut_while_working_lose_nothing(world: World) -> None:
    ledger = Ledger()
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        for number in range(20):
            await world.publish(f"s{number}")
            await _cut_every_other_session(world.database)
        await until(lambda: len(set(ledger.subjects)) == 20)
    inbox = await world.database.pool.fetchval("SELECT count(*) FROM inbox")
    assert inbox == 20


async def _cut_every_other_session(database: Database) -> None:
    # The connection drawn for this may itself be one that was just cut.
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await database.pool.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )


async def test_offsets_are_committed_only_after_the_work(world: World) -> None:
    """Given a handler that never succeeds, a later member of the group starts at the beginning."""
    stuck = asyncio.Event()

    async def handle(_: Connection, __: Sequence[Event[EventData]]) -> None:
        stuck.set()
        raise ConnectionResetError

    first = consumer_of(world, handle, name="same")
    async with running(relay_of(world), first):
        await world.publish("uncommitted")
        async with asyncio.timeout(30):
            await stuck.wait()
    group = f"tocsin.dispatcher.same.{world.topic.name}"
    probe = new_consumer(world.settings, world.topic.name, group=group)
    await probe.start()
    committed = [await probe.committed(part) for part in probe.assignment()]
    await probe.stop()
    assert committed
    assert not any(committed)


async def test_a_rebuild_reads_the_log_to_its_end_and_the_consumer_repeats_nothing(
    world: World,
) -> None:
    first, second = Ledger(), Ledger()
    consumer = consumer_of(world, first.handle)
    async with running(relay_of(world)):
        await world.publish(*(f"s{number}" for number in range(30)))
        await until_published(world)
    assert await rebuild_from(world.settings, consumer.processor, [world.topic]) == 30
    assert sorted(first.subjects) == sorted(f"s{number}" for number in range(30))
    same_name = consumer_of(world, second.handle)
    async with running(same_name):
        await until(lambda: same_name.caught_up_since is not None)
    assert second.subjects == []


async def test_a_dead_letter_is_listed_and_replayed_once_its_handler_is_mended(
    world: World,
) -> None:
    ledger = Ledger()
    ledger.fail_on = {"poison"}
    consumer = consumer_of(world, ledger.handle)
    async with running(relay_of(world), consumer):
        await world.publish("poison", "fine")
        await until(lambda: ledger.failures >= 4)
        await until_published(world)
    [letter] = await letters_of(world, consumer)
    assert letter.record.key == b"poison"
    assert "cannot handle poison" in letter.reason

    again = await replay(world.settings, "dispatcher", world.database, processors_of(consumer))
    assert again[1] >= 1  # it fails again, and is still there
    async with running(relay_of(world)):
        await until_published(world)
    ledger.fail_on = set()
    handled, _ = await replay(world.settings, "dispatcher", world.database, processors_of(consumer))
    assert handled == 1
    assert ledger.subjects.count("poison") == 1
    handled, _ = await replay(world.settings, "dispatcher", world.database, processors_of(consumer))
    assert handled == 0


async def letters_of(world: World, consumer: Consumer) -> list[StoredLetter]:
    return [
        letter
        async for letter, _ in stored_letters(world.settings, "dispatcher")
        if letter.consumer == consumer.name
    ]


def processors_of(consumer: Consumer) -> dict[str, BatchProcessor]:
    return {consumer.name: consumer.processor}


async def until_published(world: World) -> None:
    async with asyncio.timeout(30):
        while await world.database.pool.fetchval(  # noqa: ASYNC110
            "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        ):
            await asyncio.sleep(0.02)


async def test_two_members_outlive_work_that_takes_longer_than_the_poll_interval(
    world: World,
) -> None:
    """aiokafka can lose a member for good that does not poll for max_poll_interval."""
    world.settings = world.settings.model_copy(update={"kafka_max_poll_interval_ms": 2_000})
    ledger = Ledger()
    stuck, first = asyncio.Event(), asyncio.Event()

    async def hang(conn: Connection, events: Sequence[Event[EventData]]) -> None:
        first.set()
        await stuck.wait()
        await ledger.handle(conn, events)

    members = [consumer_of(world, hang, name="pair") for _ in range(2)]
    async with running(relay_of(world), *members):
        await world.publish(*(f"s{number}" for number in range(24)))
        await first.wait()
        asyncio.get_running_loop().call_later(6, stuck.set)  # three times the poll interval
        await until(lambda: len(set(ledger.subjects)) == 24)
        await world.publish(*(f"t{number}" for number in range(24)))
        await until(lambda: len(set(ledger.subjects)) == 48)
        await until(lambda: all(member.caught_up_since for member in members))


async def test_every_event_carries_the_epoch_of_its_database(world: World) -> None:
    restored = Outbox(world.database, epoch=2)
    async with world.database.transaction() as conn:
        await restored.add(conn, [event_about("a")], topic=world.topic.name)
    body = await world.database.pool.fetchval("SELECT body FROM outbox")
    assert decode(body, KNOWN_TYPES).position == (2, 0)


async def test_a_long_line_of_one_key_stands_before_nobody(world: World) -> None:
    """Given 500 directory entries on their way, an incident's event does not wait for them."""
    ledger = Ledger()
    async with world.database.transaction() as conn:
        bulk = [event_about(f"entry {number}") for number in range(500)]
        await world.outbox.add(conn, bulk, topic=world.topic.name, ordering_key="directory")
    await world.publish("outage")
    async with running(relay_of(world), consumer_of(world, ledger.handle)):
        await until(lambda: "outage" in ledger.subjects)
        waiting = await world.database.pool.fetchval(
            "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        )
        assert waiting > 0
