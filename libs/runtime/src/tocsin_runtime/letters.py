"""What was put aside: ``deadletters list`` shows it, ``deadletters replay`` tries it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from tocsin_contracts.registry import dead_letter_topic

from tocsin_runtime.batch import BatchProcessor
from tocsin_runtime.database import Database
from tocsin_runtime.deadletters import DeadLetter, Record, put_aside
from tocsin_runtime.kafka import new_consumer
from tocsin_runtime.settings import RuntimeSettings


@dataclass(frozen=True)
class StoredLetter:
    """A dead letter as it lies on its topic; ``number`` is its offset there."""

    number: int
    consumer: str
    reason: str
    record: Record

    def as_dead_letter(self) -> DeadLetter:
        return DeadLetter(self.consumer, self.record, self.reason)


async def stored_letters(
    settings: RuntimeSettings, service: str, *, group: str | None = None
) -> AsyncIterator[tuple[StoredLetter, AIOKafkaConsumer]]:
    """Every letter on the service's topic up to its present end, oldest first.

    With ``group`` only those after the group's committed offset.
    """
    place = _place(settings, service)
    consumer = new_consumer(settings, group=group)
    async with asyncio.timeout(30):
        await consumer.start()
    try:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        while await consumer.position(place) < end:
            for record in (await consumer.getmany(place, timeout_ms=1_000)).get(place, []):
                if record.offset < end:
                    yield _stored(record), consumer
    finally:
        await consumer.stop()


def _place(settings: RuntimeSettings, service: str) -> TopicPartition:
    """Dead letters have one partition."""
    return TopicPartition(settings.kafka_topic_prefix + dead_letter_topic(service).name, 0)


async def replay(
    settings: RuntimeSettings,
    service: str,
    database: Database,
    processors: Mapping[str, BatchProcessor],
) -> tuple[int, int]:
    """Give each letter not replayed yet to its consumer's handler: (handled, put aside again).

    A letter that fails again is written anew, through the outbox, before its old place is passed;
    so every letter is handled or still there, wherever this is cut off.
    """
    group = f"{settings.kafka_topic_prefix}tocsin.{service}.deadletters.replay"
    handled = again = 0
    async for letter, consumer in stored_letters(settings, service, group=group):
        processor = processors.get(letter.consumer)
        if processor is not None and await processor.apply_again(letter.record):
            handled += 1
        else:
            again += 1
            async with database.transaction() as conn:
                await put_aside(conn, dead_letter_topic(service).name, letter.as_dead_letter())
        await consumer.commit({_place(settings, service): letter.number + 1})
    return handled, again


def _stored(record: ConsumerRecord) -> StoredLetter:
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    return StoredLetter(
        number=record.offset,
        consumer=headers.get("dl_consumer", ""),
        reason=headers.get("dl_reason", ""),
        record=Record(
            topic=headers.get("dl_topic", ""),
            partition=int(headers.get("dl_partition", "-1")),
            offset=int(headers.get("dl_offset", "-1")),
            key=record.key,
            value=record.value,
        ),
    )
