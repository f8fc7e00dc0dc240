"""Strimzi's topics and users, made from the topic registry.

    python -m deploy.k8s.kafka

writes ``base/kafka/topics.yaml`` and ``users.yaml``; a test fails when they are not what it makes.
Source of the format: Strimzi, custom resources of ``kafka.strimzi.io/v1``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from tocsin_contracts.registry import ALL_TOPICS, SERVICES, Topic

Manifest = dict[str, Any]

HOME = Path(__file__).parent / "base" / "kafka"
API = "kafka.strimzi.io/v1"
CLUSTER = {"strimzi.io/cluster": "tocsin"}
REPLICAS = 3
IN_SYNC = 2
HEADING = "# Made from the topic registry by `python -m deploy.k8s.kafka`.\n"


def topic(declared: Topic) -> Manifest:
    return {
        "apiVersion": API,
        "kind": "KafkaTopic",
        "metadata": {"name": declared.name, "labels": dict(CLUSTER)},
        "spec": {
            "partitions": declared.partitions,
            "replicas": REPLICAS,
            "config": {**declared.settings, "min.insync.replicas": IN_SYNC},
        },
    }


def user(service: str) -> Manifest:
    """A service may write what it owns, read what it consumes, and nothing else."""
    acls = [_topic_rule(declared, service) for declared in ALL_TOPICS]
    return {
        "apiVersion": API,
        "kind": "KafkaUser",
        "metadata": {"name": f"tocsin-{service}", "labels": dict(CLUSTER)},
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {
                "type": "simple",
                "acls": [*filter(None, acls), _group_rule(service)],
            },
        },
    }


def _topic_rule(declared: Topic, service: str) -> Manifest | None:
    rights = ["Read"] if service in declared.consumers else []
    rights += ["Write"] if service == declared.owner else []
    if not rights:
        return None
    resource = {"type": "topic", "name": declared.name, "patternType": "literal"}
    return {"resource": resource, "operations": ["Describe", *rights]}


def _group_rule(service: str) -> Manifest:
    resource = {"type": "group", "name": f"tocsin.{service}", "patternType": "prefix"}
    return {"resource": resource, "operations": ["Describe", "Read"]}


def made() -> dict[str, str]:
    """Text by file name."""
    return {
        "topics.yaml": _text([topic(declared) for declared in ALL_TOPICS]),
        "users.yaml": _text([user(service) for service in SERVICES]),
    }


def _text(manifests: list[Manifest]) -> str:
    return HEADING + yaml.safe_dump_all(manifests, sort_keys=False)


if __name__ == "__main__":
    for name, text in made().items():
        (HOME / name).write_text(text)
