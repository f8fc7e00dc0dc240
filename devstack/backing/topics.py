"""Create the topics of the registry on a broker that has just started."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError
from pydantic import SecretStr
from tocsin_contracts.registry import ALL_TOPICS, Topic
from tocsin_runtime import topics as runtime_topics
from tocsin_runtime.settings import RuntimeSettings

READY_SECONDS = 60


async def create_topics(
    bootstrap: str, topics: Sequence[Topic] = ALL_TOPICS, *, prefix: str = ""
) -> list[str]:
    """Create what is missing of ``topics``; answers the names it created."""
    settings = RuntimeSettings(
        database_url=SecretStr("postgresql://none"),  # nothing of the database is needed here
        kafka_bootstrap=bootstrap,
        kafka_topic_prefix=prefix,
    )
    # A broker that has just opened its port refuses for a moment longer.
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    while True:
        try:
            return await runtime_topics.create_topics(settings, topics=topics)
        except KafkaError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)
