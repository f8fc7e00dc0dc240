"""The fixtures and the backing services behind them, on the real parts."""

from __future__ import annotations

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tocsin_contracts.registry import INCIDENTS

from devstack.backing.choice import KafkaServer, PostgresServer
from devstack.backing.databases import address, blocking, ensure_database
from devstack.backing.topics import create_topics
from devstack.pytest_plugin import FreshDatabase, FreshTopic


@pytest.mark.integration
async def test_each_fresh_database_is_migrated_and_its_own(fresh_database: FreshDatabase) -> None:
    first, second = fresh_database("runtime"), fresh_database("runtime")
    writer, reader = await asyncpg.connect(first), await asyncpg.connect(second)
    await writer.execute("INSERT INTO inbox (event_id, consumer) VALUES ('e-1', 'tests')")
    assert await writer.fetchval("SELECT count(*) FROM inbox") == 1
    assert await reader.fetchval("SELECT count(*) FROM inbox") == 0
    await writer.close()
    await reader.close()


@pytest.mark.integration
async def test_a_service_cannot_read_anothers_database(postgres_server: PostgresServer) -> None:
    await ensure_database(postgres_server.url, "dispatcher")
    own = await ensure_database(postgres_server.url, "dispatcher")  # again: changes nothing
    await ensure_database(postgres_server.url, "escalation")
    connection = await asyncpg.connect(own)
    assert await connection.fetchval("SELECT current_user") == "dispatcher"
    await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(address(postgres_server.url, "escalation", "dispatcher"))


@pytest.mark.integration
async def test_what_is_sent_to_a_fresh_topic_is_read_from_it(
    kafka_server: KafkaServer, fresh_topic: FreshTopic
) -> None:
    topic = fresh_topic(INCIDENTS)
    async with AIOKafkaProducer(bootstrap_servers=kafka_server.bootstrap) as producer:
        await producer.send_and_wait(topic.name, b"hello", key=b"k")
    reader = AIOKafkaConsumer(
        topic.name, bootstrap_servers=kafka_server.bootstrap, auto_offset_reset="earliest"
    )
    async with reader:
        record = await reader.getone()
    assert (record.key, record.value) == (b"k", b"hello")
    assert len(reader.partitions_for_topic(topic.name) or ()) == INCIDENTS.partitions


@pytest.mark.integration
def test_topics_under_a_prefix_are_a_set_of_their_own(
    kafka_server: KafkaServer, topic_prefix: str
) -> None:
    assert blocking(create_topics(kafka_server.bootstrap, prefix=topic_prefix)) == []
    assert topic_prefix not in INCIDENTS.name


@pytest.mark.parametrize("service", ["incident-api", "dispatcher", "escalation"])
@pytest.mark.integration
async def test_each_service_migrates_an_empty_database(
    fresh_database: FreshDatabase, service: str
) -> None:
    connection = await asyncpg.connect(fresh_database(service))
    assert await connection.fetchval("SELECT version_num FROM alembic_version")
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
    await connection.close()


@pytest.mark.integration
def test_topics_that_exist_are_left_alone(kafka_server: KafkaServer) -> None:
    assert blocking(create_topics(kafka_server.bootstrap)) == []
