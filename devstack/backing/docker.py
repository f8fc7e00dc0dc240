"""PostgreSQL and Kafka as containers, for tests on a machine where a Docker engine answers."""

from __future__ import annotations

import docker
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from devstack.backing.kafka import VERSION
from devstack.backing.ports import HOST, free_port

POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = f"apache/kafka:{VERSION}"


def engine_answers() -> bool:
    try:
        return bool(docker.from_env(timeout=2).ping())
    except DockerException:
        return False


class DockerPostgres:
    origin = f"PostgreSQL, image {POSTGRES_IMAGE}, in Docker"

    def __init__(self) -> None:
        self._container = (
            DockerContainer(POSTGRES_IMAGE)
            .with_env("POSTGRES_HOST_AUTH_METHOD", "trust")
            .with_exposed_ports(5432)
            .with_command("postgres -c fsync=off -c max_connections=300")
            .waiting_for(LogMessageWaitStrategy("listening on IPv4").with_startup_timeout(120))
        )

    @property
    def url(self) -> str:
        host, port = self._container.get_container_host_ip(), self._container.get_exposed_port(5432)
        return f"postgresql://postgres@{host}:{port}/postgres"

    def start(self) -> None:
        self._container.start()

    def stop(self) -> None:
        self._container.stop()


class DockerKafka:
    origin = f"Apache Kafka, image {KAFKA_IMAGE}, in Docker"

    def __init__(self) -> None:
        # The broker has to name the address it is reached at, so the port is chosen beforehand.
        self._port = free_port()
        self._container = (
            DockerContainer(KAFKA_IMAGE)
            .with_bind_ports(self._port, self._port)
            .with_envs(**_environment(self._port))
            .waiting_for(LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(120))
        )

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self._port}"

    def start(self) -> None:
        self._container.start()

    def stop(self) -> None:
        self._container.stop()


def _environment(port: int) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{HOST}:{port}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_BROKER_SESSION_TIMEOUT_MS": "3000",
        "KAFKA_BROKER_HEARTBEAT_INTERVAL_MS": "500",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }
