"""Create the topics of the registry."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code
from tocsin_contracts.registry import ALL_TOPICS, Topic

ALREADY_THERE = 36
READY_SECONDS = 60


async def create_topics(bootstrap: str, topics: Iterable[Topic] = ALL_TOPICS) -> list[str]:
    """Create what is missing of ``topics``; answers the names it created."""
    admin = await _connected(bootstrap)
    try:
        answer = await admin.create_topics([new_topic(topic) for topic in topics])
    finally:
        await admin.close()
    codes = {name: code for name, code, *_ in answer.topic_errors}
    for name, code in codes.items():
        if code not in (0, ALREADY_THERE):
            raise for_code(code)(name)
    return [name for name, code in codes.items() if code == 0]


async def _connected(bootstrap: str) -> AIOKafkaAdminClient:
    # A broker that has just opened its port refuses for a moment longer.
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            await admin.start()
        except KafkaError:
            await admin.close()
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)
        else:
            return admin


def new_topic(topic: Topic) -> NewTopic:
    """One replica, since one node; in production the cluster's own operator makes them."""
    return NewTopic(
        name=topic.name,
        num_partitions=topic.partitions,
        replication_factor=1,
        topic_configs=topic_settings(topic),
    )


def topic_settings(topic: Topic) -> dict[str, str]:
    """Kafka's topic settings for what the registry says about keeping events."""
    if topic.compacted:
        lag = {"max.compaction.lag.ms": str(topic.max_compaction_lag_ms)}
        return {"cleanup.policy": "compact", **(lag if topic.max_compaction_lag_ms else {})}
    return {"cleanup.policy": "delete", "retention.ms": str(topic.retention_ms)}
