"""Reads topics and applies each event once.

A batch is one transaction: inbox rows, the handler's own rows and its own outbox. Offsets are
committed after it, so a crash in between repeats the batch and the inbox makes that harmless.
While the database is away the consumer pauses and keeps polling: a member that stops polling loses
its partitions, and aiokafka 0.14 may lose the member for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import Topic

from tocsin_runtime import metrics
from tocsin_runtime.batch import BatchProcessor
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database, waiting_helps
from tocsin_runtime.deadletters import Record
from tocsin_runtime.kafka import new_consumer
from tocsin_runtime.process import wait_for
from tocsin_runtime.settings import RuntimeSettings

log = structlog.get_logger()
POLL_MS = 500
MAX_RECORDS = 200
BROKER_SECONDS = 15
PROBE_SECONDS = 2.0
PROBE_TIMEOUT_SECONDS = 5

Handler = Callable[[Connection, Sequence[Event[EventData]]], Awaitable[None]]
Records = dict[TopicPartition, list[ConsumerRecord]]


class ConsumerDied(RuntimeError):
    """aiokafka ended the member from within; only a new process is sure to be whole again."""


class Consumer:
    """The component that feeds ``handler`` with the fresh events of ``topics``, in order.

    ``service`` is the registry's name of the service, ``name`` tells its consumers apart.
    """

    def __init__(
        self,
        *,
        service: str,
        name: str,
        topics: Sequence[Topic],
        handler: Handler,
        database: Database,
        settings: RuntimeSettings,
        clock: Clock,
        on_dead_letter: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = f"{service}.{name}"
        self.caught_up_since: datetime | None = None
        self.last_progress: datetime | None = None
        self._topics = [settings.kafka_topic_prefix + topic.name for topic in topics]
        self._group = f"{settings.kafka_topic_prefix}tocsin.{self.name}"
        self._settings = settings
        self._database = database
        self._clock = clock
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._probed_at = 0.0
        self._patience_seconds = settings.kafka_max_poll_interval_ms / 4_000
        self.processor = BatchProcessor(
            service=service,
            consumer=self.name,
            topics=topics,
            handler=handler,
            database=database,
            clock=clock,
            limit_per_minute=settings.dead_letter_limit_per_minute,
            on_dead_letter=on_dead_letter,
        )

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._session(stop)
            except (KafkaError, TimeoutError, OSError) as error:
                self.caught_up_since = None
                log.warning("consumer waits for Kafka", consumer=self.name, error=repr(error))
                await wait_for(stop, 0.5)
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                raise ConsumerDied(self.name) from error

    async def _session(self, stop: asyncio.Event) -> None:
        """One group membership, until told to stop or the broker is lost."""
        consumer = new_consumer(self._settings, *self._topics, group=self._group)
        try:
            async with asyncio.timeout(60):
                await consumer.start()
            while not stop.is_set():
                records = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
                if records:
                    await self._handle(consumer, records, stop)
                    self._note_progress()
                else:
                    await self._probe(consumer)
        finally:
            await _leave(consumer)

    async def _handle(
        self, consumer: AIOKafkaConsumer, records: Records, stop: asyncio.Event
    ) -> None:
        """Apply one batch whole, waiting for the database as long as it takes."""
        batch = [_received(record) for part in records.values() for record in part]
        while not await self._applied(consumer, batch):
            self.caught_up_since = None
            await self._pause_until_database_is_back(consumer, stop)
            if stop.is_set():
                return
        if self.processor.halted:
            await self._halt(consumer, stop)
            return
        await self._commit(consumer, records)

    async def _applied(self, consumer: AIOKafkaConsumer, batch: Sequence[Record]) -> bool:
        """Whether the batch is committed; false if it has to be tried again."""
        try:
            await self._polling_while(consumer, self.processor.apply(batch))
        except Exception as error:
            if not waiting_helps(error):
                raise
            log.warning("consumer waits for the database", consumer=self.name, error=repr(error))
            return False
        return True

    async def _polling_while(
        self, consumer: AIOKafkaConsumer, work: Coroutine[None, None, None]
    ) -> None:
        """Do ``work``; where it takes long (a database that hangs), poll so as to stay a member."""
        task = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({task}, timeout=self._patience_seconds))[0]:
                await self._poll_paused(consumer)
        finally:
            task.cancel()
        consumer.resume(*consumer.paused())
        await task

    async def _pause_until_database_is_back(
        self, consumer: AIOKafkaConsumer, stop: asyncio.Event
    ) -> None:
        metrics.CONSUMER_PAUSED.labels(self.name).set(1)
        while not stop.is_set():
            await self._poll_paused(consumer)
            if await self._database_answers():
                break
        consumer.resume(*consumer.assignment())
        metrics.CONSUMER_PAUSED.labels(self.name).set(0)

    async def _poll_paused(self, consumer: AIOKafkaConsumer) -> None:
        """Poll to stay a member; what a rebalance hands us meanwhile is put back."""
        consumer.pause(*consumer.assignment())
        surplus = await consumer.getmany(timeout_ms=POLL_MS)
        for partition, records in surplus.items():
            if partition in consumer.assignment():
                consumer.seek(partition, records[0].offset)

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(2), self._database.connection() as conn:
                await conn.execute("SELECT 1")
        except Exception as error:
            if not waiting_helps(error):
                raise
            return False
        return True

    async def _halt(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        """Too many dead letters: keep the records, stay visible as stuck, wait for a person."""
        log.error("consumer halted: too many dead letters a minute", consumer=self.name)
        metrics.CONSUMER_PAUSED.labels(self.name).set(1)
        self.last_progress = None
        while not stop.is_set():
            await self._poll_paused(consumer)

    async def _commit(self, consumer: AIOKafkaConsumer, records: Records) -> None:
        """Commit what we still own; a member that took over meets our inbox rows."""
        owned = consumer.assignment()
        offsets = {part: rows[-1].offset + 1 for part, rows in records.items() if part in owned}
        if not offsets:
            return
        try:
            async with asyncio.timeout(BROKER_SECONDS):
                await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            log.info("offsets belong to another member now", consumer=self.name, error=str(error))

    async def _probe(self, consumer: AIOKafkaConsumer) -> None:
        """Idle: ask broker and database, since aiokafka is silent while the broker is away."""
        now = asyncio.get_running_loop().time()
        if now - self._probed_at < PROBE_SECONDS:
            return
        self._probed_at = now
        assigned = frozenset(consumer.assignment())
        if assigned != self._assigned:
            self._assigned, self.caught_up_since = assigned, None
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
                at_the_end = await _at_the_end(consumer, assigned)
        except (KafkaError, TimeoutError) as error:
            # aiokafka comes back by itself, sooner than a new member would be let in.
            log.warning("consumer hears nothing from Kafka", consumer=self.name, error=repr(error))
            self.caught_up_since = None
            return
        if not await self._database_answers():
            self.caught_up_since = None
            return
        if at_the_end and self.caught_up_since is None:
            self.caught_up_since = self._clock.now()
        self._note_progress()

    def _note_progress(self) -> None:
        self.last_progress = self._clock.now()
        metrics.CONSUMER_PROGRESS.labels(self.name).set(self.last_progress.timestamp())


async def _at_the_end(consumer: AIOKafkaConsumer, assigned: frozenset[TopicPartition]) -> bool:
    """Whether every assigned partition has been read to its present end; asks the broker."""
    if not assigned:
        await consumer.topics()
        return False
    ends = await consumer.end_offsets(list(assigned))
    for partition, end in ends.items():
        if partition in consumer.assignment() and await consumer.position(partition) < end:
            return False
    return True


def _received(record: ConsumerRecord) -> Record:
    return Record(record.topic, record.partition, record.offset, record.key, record.value)


async def _leave(consumer: AIOKafkaConsumer) -> None:
    try:
        async with asyncio.timeout(BROKER_SECONDS):
            await consumer.stop()
    except (KafkaError, TimeoutError) as error:
        log.warning("consumer did not leave cleanly", error=repr(error))
