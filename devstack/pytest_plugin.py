"""Fixtures on real parts: one PostgreSQL and one Kafka a session, fresh databases and topics."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from tocsin_contracts.registry import Topic

from devstack.backing.choice import (
    KafkaServer,
    PostgresServer,
    Server,
    kafka_for_tests,
    postgres_for_tests,
)
from devstack.backing.databases import address, blocking, run_statements
from devstack.backing.topics import create_topics
from devstack.migrated import migrate
from devstack.scratch import scratch_folder

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

FreshDatabase = Callable[[str], str]
FreshTopic = Callable[[Topic], Topic]


@pytest.fixture(scope="session")
def backing_folder() -> Iterator[Path]:
    """Where embedded servers keep their data during this session."""
    with scratch_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server(
    request: pytest.FixtureRequest, backing_folder: Path
) -> Iterator[PostgresServer]:
    server = postgres_for_tests(backing_folder / "postgres")
    server.start()
    _announce(request, server, server.url)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka_server(request: pytest.FixtureRequest, backing_folder: Path) -> Iterator[KafkaServer]:
    """One broker with the registry's topics."""
    server = kafka_for_tests(backing_folder / "kafka")
    server.start()
    blocking(create_topics(server.bootstrap))
    _announce(request, server, server.bootstrap)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _templates(postgres_server: PostgresServer) -> Iterator[Callable[[str], str]]:
    """Migrated once a service; every fresh database is a copy, which takes a few milliseconds."""
    made: dict[str, str] = {}

    def template(service: str) -> str:
        if service not in made:
            name = _unique("template")
            _run(postgres_server, f'CREATE DATABASE "{name}"')
            made[service] = name
            migrate(service, address(postgres_server.url, name))
        return made[service]

    yield template
    _run(postgres_server, *[f'DROP DATABASE "{name}" WITH (FORCE)' for name in made.values()])


@pytest.fixture
def fresh_database(
    postgres_server: PostgresServer, _templates: Callable[[str], str]
) -> Iterator[FreshDatabase]:
    """``fresh_database("dispatcher")`` answers the DSN of an empty, migrated database.

    ``"runtime"`` has the runtime's own tables and nothing else.
    """
    made: list[str] = []

    def fresh(service: str) -> str:
        name = _unique(service.replace("-", "_"))
        template = _templates(service)
        # Copying files beats copying through the log by half where nothing is synced to disk.
        copied = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        _run(postgres_server, copied)
        made.append(name)
        return address(postgres_server.url, name)

    yield fresh
    _run(postgres_server, *[f'DROP DATABASE "{name}" WITH (FORCE)' for name in made])


@pytest.fixture
def fresh_topic(kafka_server: KafkaServer) -> FreshTopic:
    """``fresh_topic(INCIDENTS)`` answers the same topic under a name nobody has used."""

    def fresh(topic: Topic) -> Topic:
        copy = replace(topic, name=f"{topic.name}.{uuid.uuid4().hex[:12]}")
        blocking(create_topics(kafka_server.bootstrap, [copy]))
        return copy

    return fresh


@pytest.fixture
def topic_prefix(kafka_server: KafkaServer) -> str:
    """A ``KAFKA_TOPIC_PREFIX`` under which all of the registry's topics exist and are empty."""
    prefix = f"t{uuid.uuid4().hex[:12]}."
    blocking(create_topics(kafka_server.bootstrap, prefix=prefix))
    return prefix


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """The provider sandbox on free ports, in this process."""
    from devstack.sandbox.server import Sandbox

    async with Sandbox() as running:
        yield running


def _unique(name: str) -> str:
    return f"{name}_{uuid.uuid4().hex[:12]}"


def _run(server: PostgresServer, *statements: str) -> None:
    blocking(run_statements(server.url, statements))


def _announce(request: pytest.FixtureRequest, server: Server, where: str) -> None:
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n[{server.origin}, at {where}]", flush=True)
