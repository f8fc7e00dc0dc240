"""Publishes the outbox to Kafka, in order per ordering key, with any number of replicas.

Each replica holds an advisory lock per shard of ordering keys and publishes only the shards it
holds. A row is marked once the broker has it in all replicas; in doubt it stays unpublished and is
sent again, and the consumers' inbox absorbs the repeat.
"""

from __future__ import annotations

import asyncio

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tocsin_runtime import metrics
from tocsin_runtime.database import Connection, Database, waiting_helps
from tocsin_runtime.flights import Flights
from tocsin_runtime.kafka import new_producer
from tocsin_runtime.outbox import ALL_SHARDS
from tocsin_runtime.outbox_rows import Row, mark_published, oldest_age, take
from tocsin_runtime.process import wait_for
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.wakeup import Wakeup

log = structlog.get_logger()
LOCK_CLASS = 0x746F6373  # "tocs": keeps our shard locks apart from anyone else's
CHANNEL = "tocsin_outbox"
POLL_SECONDS = 1.0
SEND_SECONDS = 8.0


class Relay:
    """The component; ``wake`` is called after each commit that wrote outbox rows."""

    name = "relay"

    def __init__(self, database: Database, settings: RuntimeSettings) -> None:
        self._database = database
        self._settings = settings
        self._wakeup = Wakeup()
        self._held: set[int] = set()
        self._notify_others = False
        self._tended_at = 0.0

    def wake(self) -> None:
        self._notify_others = len(self._held) < len(ALL_SHARDS)
        self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._session(stop)
            except Exception as error:
                if not (waiting_helps(error) or isinstance(error, KafkaError)):
                    raise
                log.warning("relay waits for a backing service", error=repr(error))
                await wait_for(stop, 0.5)

    async def _session(self, stop: asyncio.Event) -> None:
        """One producer and one connection that holds the shard locks, until either breaks."""
        producer = new_producer(self._settings)
        try:
            async with asyncio.timeout(30):
                await producer.start()
            async with self._database.connection() as conn:
                try:
                    await conn.add_listener(CHANNEL, self._on_notify)
                    await self._publish_until(stop, conn, producer)
                finally:
                    await self._let_go(conn)
        finally:
            await _stop(producer)

    async def _publish_until(
        self, stop: asyncio.Event, conn: Connection, producer: AIOKafkaProducer
    ) -> None:
        flights = Flights(lambda row: self._send(producer, row), self._wakeup.set)
        self._tended_at = 0.0
        try:
            while not stop.is_set():
                await self._tend(conn)
                await self._round(conn, flights)
                await self._wakeup.wait(stop, POLL_SECONDS)
            await flights.end()
            await mark_published(conn, flights.collect())
        finally:
            flights.abandon()

    async def _round(self, conn: Connection, flights: Flights) -> None:
        if self._notify_others:
            self._notify_others = False
            await conn.execute(f"NOTIFY {CHANNEL}")
        if sent := flights.collect():
            await mark_published(conn, sent)
        flights.settle()
        flights.start(await take(conn, self._held, without=flights.busy))

    async def _send(self, producer: AIOKafkaProducer, row: Row) -> bool:
        """Whether the broker certainly has it; a timeout means unknown, never failed."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await producer.send_and_wait(
                    self._settings.kafka_topic_prefix + row.topic,
                    row.body,
                    key=row.message_key.encode(),
                    headers=row.headers,
                )
        except (KafkaError, TimeoutError) as error:
            log.warning("event not published yet", event_id=row.event_id, error=repr(error))
            metrics.OUTBOX_FAILURES.inc()
            return False
        metrics.OUTBOX_PUBLISHED.labels(row.topic).inc()
        return True

    async def _tend(self, conn: Connection) -> None:
        """Once a second: take over shards that nobody holds, and say how old the oldest row is."""
        now = asyncio.get_running_loop().time()
        if now - self._tended_at < POLL_SECONDS:
            return
        self._tended_at = now
        free = await conn.fetch(
            """SELECT shard FROM unnest($1::int[]) AS s(shard)
               WHERE pg_try_advisory_lock($2, shard)""",
            list(ALL_SHARDS - self._held),
            LOCK_CLASS,
        )
        self._held.update(row["shard"] for row in free)
        metrics.RELAY_SHARDS.set(len(self._held))
        metrics.OUTBOX_OLDEST.set(await oldest_age(conn))

    async def _let_go(self, conn: Connection) -> None:
        """Give the shards back; where that fails, end the connection, which gives them back too."""
        self._held.clear()
        metrics.RELAY_SHARDS.set(0)
        if conn.is_closed():
            return
        try:
            await conn.remove_listener(CHANNEL, self._on_notify)
            await conn.execute("SELECT pg_advisory_unlock_all()")
        except BaseException as error:
            conn.terminate()
            if not waiting_helps(error):
                raise

    def _on_notify(self, *_: object) -> None:
        self._wakeup.set()


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except (KafkaError, TimeoutError) as error:
        log.warning("producer did not stop cleanly", error=repr(error))
