"""The dispatchers' consumer groups, asked of the broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

GROUPS = "tocsin.dispatcher."
TOPICS = ("tocsin.incidents", "tocsin.escalations", "tocsin.directory", "tocsin.contacts")


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def rewind(bootstrap: str) -> None:
    """Set the groups back to the beginning; the broker refuses while a group has members."""
    async with _admin(bootstrap) as admin:
        groups = {
            name: await admin.list_consumer_group_offsets(name) for name in await _names(admin)
        }
    for name, committed in groups.items():
        consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, group_id=name, enable_auto_commit=False
        )
        await consumer.start()
        try:
            consumer.assign(list(committed))
            await consumer.commit(dict.fromkeys(committed, 0))
        finally:
            await consumer.stop()


async def lag(bootstrap: str) -> int:
    """Events that lie in the dispatchers' topics and are not handled yet."""
    committed: dict[TopicPartition, int] = {}
    async with _admin(bootstrap) as admin:
        for name in await _names(admin):
            offsets = await admin.list_consumer_group_offsets(name)
            committed |= {part: offset.offset for part, offset in offsets.items()}
    ends = await _ends(bootstrap)
    return sum(max(0, end - committed.get(part, 0)) for part, end in ends.items())


async def _ends(bootstrap: str) -> dict[TopicPartition, int]:
    consumer = AIOKafkaConsumer(*TOPICS, bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        return dict(await consumer.end_offsets(list(consumer.assignment())))
    finally:
        await consumer.stop()


async def _names(admin: AIOKafkaAdminClient) -> list[str]:
    return [name for name, *_ in await admin.list_consumer_groups() if name.startswith(GROUPS)]
