"""Creating the registry's topics, and settling what exists to what the registry says."""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from tocsin_contracts.registry import ALL_TOPICS, Topic

from tocsin_runtime.kafka import connection
from tocsin_runtime.settings import RuntimeSettings


async def create_topics(
    settings: RuntimeSettings, *, replication_factor: int = 1, topics: Sequence[Topic] = ALL_TOPICS
) -> list[str]:
    """Create the topics that do not exist yet; the names of those created."""
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        wanted = [_new_topic(settings, topic, replication_factor) for topic in topics]
        answer = await admin.create_topics(wanted)
    finally:
        await admin.close()
    return [name for name, code, *_ in answer.topic_errors if _created(name, code)]


def topic_config(topic: Topic) -> dict[str, str]:
    """The registry's settings as broker configuration."""
    return {name: str(value) for name, value in topic.settings.items()}


def _new_topic(settings: RuntimeSettings, topic: Topic, replication_factor: int) -> NewTopic:
    return NewTopic(
        name=settings.kafka_topic_prefix + topic.name,
        num_partitions=topic.partitions,
        replication_factor=replication_factor,
        topic_configs=topic_config(topic),
    )


def _created(name: str, code: int) -> bool:
    error = for_code(code)
    if code and error is not TopicAlreadyExistsError:
        raise error(name)
    return code == 0
