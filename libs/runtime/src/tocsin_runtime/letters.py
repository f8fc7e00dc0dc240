"""What was put aside: ``deadletters list`` shows it, ``deadletters replay`` tries it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from tocsin_contracts.registry import dead_letter_topic

from tocsin_runtime.batch import BatchProcessor
from tocsin_runtime.deadletters import Record
from tocsin_runtime.kafka import new_consumer
from tocsin_runtime.settings import RuntimeSettings


@dataclass(frozen=True)
class StoredLetter:
    """A dead letter as it lies on its topic; ``number`` is its offset there."""

    number: int
    consumer: str
    reason: str
    record: Record


async def stored_letters(
    settings: RuntimeSettings, service: str, *, group: str | None = None
) -> AsyncIterator[tuple[StoredLetter, AIOKafkaConsumer]]:
    """Every letter on the service's topic, oldest first, then end.

    With ``group`` only those after the group's committed offset.
    """
    topic = settings.kafka_topic_prefix + dead_letter_topic(service).name
    consumer = new_consumer(settings, topic, group=group)
    async with asyncio.timeout(30):
        await consumer.start()
    try:
        while True:
            found = await consumer.getmany(timeout_ms=3_000)
            if not found:
                return
            for records in found.values():
                for record in records:
                    yield _stored(record), consumer
    finally:
        await consumer.stop()


async def replay(
    settings: RuntimeSettings, service: str, processors: Mapping[str, BatchProcessor]
) -> tuple[int, int]:
    """Give each letter not replayed yet to its consumer's handler: (handled, put aside again)."""
    group = f"{settings.kafka_topic_prefix}tocsin.{service}.deadletters.replay"
    handled = again = 0
    async for letter, consumer in stored_letters(settings, service, group=group):
        processor = processors[letter.consumer]
        if await processor.apply_again(letter.record):
            handled += 1
        else:
            again += 1
        await consumer.commit()
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
