"""Publishes the outbox to Kafka, in order per ordering key, with any number of replicas.

Each replica holds an advisory lock per shard of ordering keys and publishes only the shards it
holds. A row is marked once the broker has it in all replicas; in doubt it stays unpublished and is
sent again, and the consumers' inbox absorbs the repeat.
"""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from tocsin_runtime import metrics
from tocsin_runtime.database import Database, database_is_away
from tocsin_runtime.kafka import new_producer
from tocsin_runtime.outbox import SHARDS
from tocsin_runtime.outbox_rows import Row, first_of_each_key, mark_published, oldest_age, take
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

    def wake(self) -> None:
        self._notify_others = len(self._held) < SHARDS
        self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._session(stop)
            except Exception as error:
                if not (database_is_away(error) or isinstance(error, KafkaError)):
                    raise
                log.warning("relay waits for a backing service", error=str(error) or repr(error))
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
        self, stop: asyncio.Event, conn: Any, producer: AIOKafkaProducer
    ) -> None:
        while True:
            await self._take_shards(conn)
            while await self._publish_batch(conn, producer):
                pass
            metrics.OUTBOX_OLDEST.set(await oldest_age(conn))
            if stop.is_set():
                return
            await self._wakeup.wait(stop, POLL_SECONDS)
            if self._notify_others:
                self._notify_others = False
                await conn.execute(f"NOTIFY {CHANNEL}")

    async def _publish_batch(self, conn: Any, producer: AIOKafkaProducer) -> bool:
        """Publish what is waiting; false when nothing is left or something failed."""
        rows = await take(conn, self._held)
        while rows:
            wave, rows = first_of_each_key(rows)
            sent = await self._send_wave(producer, wave)
            await mark_published(conn, [row.id for row in sent])
            if len(sent) < len(wave):
                metrics.OUTBOX_FAILURES.inc(len(wave) - len(sent))
                await asyncio.sleep(0.2)
                return False
            if not rows:
                return True
        return False

    async def _send_wave(self, producer: AIOKafkaProducer, wave: list[Row]) -> list[Row]:
        outcomes = await asyncio.gather(*(self._send(producer, row) for row in wave))
        return [row for row, sent in zip(wave, outcomes, strict=True) if sent]

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
            return False
        metrics.OUTBOX_PUBLISHED.labels(row.topic).inc()
        return True

    async def _take_shards(self, conn: Any) -> None:
        for shard in set(range(SHARDS)) - self._held:
            if await conn.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCK_CLASS, shard):
                self._held.add(shard)
        metrics.RELAY_SHARDS.set(len(self._held))

    async def _let_go(self, conn: Any) -> None:
        """Give the shards back; a broken connection has given them back already."""
        self._held.clear()
        metrics.RELAY_SHARDS.set(0)
        if conn.is_closed():
            return
        try:
            await conn.remove_listener(CHANNEL, self._on_notify)
            await conn.execute("SELECT pg_advisory_unlock_all()")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("shard locks end with their connection", error=repr(error))
            conn.terminate()

    def _on_notify(self, *_: object) -> None:
        self._wakeup.set()


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except (KafkaError, TimeoutError) as error:
        log.warning("producer did not stop cleanly", error=repr(error))
