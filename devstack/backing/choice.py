"""Which PostgreSQL and which Kafka: yours, else Docker's (tests alone), else embedded ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devstack.backing.kafka import EmbeddedKafka
from devstack.backing.kafka_jars import Progress
from devstack.backing.ports import free_port
from devstack.backing.postgres import DURABLE, FORGETFUL, EmbeddedPostgres

POSTGRES_VARIABLE = "TOCSIN_POSTGRES_URL"
KAFKA_VARIABLE = "TOCSIN_KAFKA_BOOTSTRAP"
EMBEDDED_VARIABLE = "TOCSIN_EMBEDDED"
"""Set to 1, tests leave Docker alone."""


class Server(Protocol):
    @property
    def origin(self) -> str:
        """What it is and where it came from, for people."""
        ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class PostgresServer(Server, Protocol):
    @property
    def url(self) -> str:
        """DSN of a role that may create roles and databases."""
        ...


class KafkaServer(Server, Protocol):
    @property
    def bootstrap(self) -> str:
        """``host:port``, comma-separated."""
        ...


@dataclass(frozen=True)
class GivenPostgres:
    """Somebody else's server: neither started nor stopped here."""

    url: str
    origin: str = f"PostgreSQL named by {POSTGRES_VARIABLE}"
    process: None = None

    def start(self) -> None: ...

    def launch(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class GivenKafka:
    """Somebody else's broker: neither started nor stopped here."""

    bootstrap: str
    origin: str = f"Kafka named by {KAFKA_VARIABLE}"
    process: None = None

    def start(self) -> None: ...

    def launch(self) -> None: ...

    def stop(self) -> None: ...


def postgres_for_stack(folder: Path, port: int) -> EmbeddedPostgres | GivenPostgres:
    given = os.environ.get(POSTGRES_VARIABLE)
    return GivenPostgres(given) if given else EmbeddedPostgres(folder, port, DURABLE)


def kafka_for_stack(
    folder: Path, port: int, controller_port: int, progress: Progress
) -> EmbeddedKafka | GivenKafka:
    given = os.environ.get(KAFKA_VARIABLE)
    return GivenKafka(given) if given else EmbeddedKafka(folder, port, controller_port, progress)


def postgres_for_tests(folder: Path) -> PostgresServer:
    given = os.environ.get(POSTGRES_VARIABLE)
    if given:
        return GivenPostgres(given)
    if docker_answers():
        from devstack.backing.docker import DockerPostgres

        return DockerPostgres()
    return EmbeddedPostgres(folder, free_port(), FORGETFUL)


def kafka_for_tests(folder: Path) -> KafkaServer:
    given = os.environ.get(KAFKA_VARIABLE)
    if given:
        return GivenKafka(given)
    if docker_answers():
        from devstack.backing.docker import DockerKafka

        return DockerKafka()
    return EmbeddedKafka(folder, free_port(), free_port())


def docker_answers() -> bool:
    if os.environ.get(EMBEDDED_VARIABLE):
        return False
    from devstack.backing.docker import engine_answers  # slow to import, and seldom needed

    return engine_answers()
