"""Building a service's state from the log: each topic read from its start to its present end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer
from tocsin_contracts.registry import Topic

from tocsin_runtime.batch import BatchProcessor
from tocsin_runtime.deadletters import Record
from tocsin_runtime.kafka import new_consumer
from tocsin_runtime.settings import RuntimeSettings

log = structlog.get_logger()


async def rebuild_from(
    settings: RuntimeSettings, processor: BatchProcessor, topics: Sequence[Topic]
) -> int:
    """Feed everything on ``topics`` to ``processor``; how many records there were.

    The inbox rows it writes are those of the running consumer, which therefore handles none of
    these events again. That the handler sends nothing is the caller's part.
    """
    names = [settings.kafka_topic_prefix + topic.name for topic in topics]
    consumer = new_consumer(settings, *names, group=None)
    async with asyncio.timeout(60):
        await consumer.start()
    try:
        return await _feed(consumer, processor)
    finally:
        await consumer.stop()


async def _feed(consumer: AIOKafkaConsumer, processor: BatchProcessor) -> int:
    ends = await consumer.end_offsets(list(consumer.assignment()))
    count = 0
    while not await _reached(consumer, ends):
        for records in (await consumer.getmany(timeout_ms=500, max_records=500)).values():
            batch = [Record(r.topic, r.partition, r.offset, r.key, r.value) for r in records]
            await processor.apply(batch)
            count += len(batch)
    log.info("read to the end", records=count)
    return count


async def _reached(consumer: AIOKafkaConsumer, ends: dict[object, int]) -> bool:
    for partition, end in ends.items():
        if await consumer.position(partition) < end:
            return False
    return True
