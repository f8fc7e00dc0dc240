"""The AsyncAPI 3.0 document: which service sends and receives what, on which topic.

Source of the format: AsyncAPI 3.0.0 with the Kafka bindings 0.5.0.
"""

from __future__ import annotations

from typing import Any

from tocsin_contracts.envelope import MEDIA_TYPE, EventData
from tocsin_contracts.registry import ALL_TOPICS, SERVICES, Topic

Node = dict[str, Any]

VERSION = "3.0.0"
KAFKA_BINDING = "0.5.0"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"


def document(version: str) -> Node:
    """The whole document; ``version`` is that of the contracts."""
    return {
        "asyncapi": VERSION,
        "info": _info(version),
        "defaultContentType": MEDIA_TYPE,
        "servers": _servers(),
        "channels": {topic.name: _channel(topic) for topic in ALL_TOPICS},
        "operations": _operations(),
        "components": {"messages": _messages()},
    }


def _info(version: str) -> Node:
    return {
        "title": "Tocsin",
        "version": version,
        "description": (
            "What Tocsin's services tell one another about an outage. CloudEvents 1.0 structured "
            "JSON; the attributes are mirrored in `ce_*` headers."
        ),
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


def _servers() -> Node:
    return {
        "local": {
            "host": "127.0.0.1:7406",
            "protocol": "kafka",
            "description": "`make run` and `make demo`; the port moves with PORT_BASE",
        },
        "cluster": {
            "host": "tocsin-kafka-bootstrap:9093",
            "protocol": "kafka-secure",
            "description": "deploy/k8s, TLS and SCRAM, one user a service",
        },
    }


def _channel(topic: Topic) -> Node:
    return {
        "address": topic.name,
        "description": _description(topic),
        "messages": {data.event_type: _ref("components/messages", data) for data in topic.types},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": _settings(topic),
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _settings(topic: Topic) -> Node:
    """The binding wants the clean-up policies as a list."""
    return {**topic.settings, "cleanup.policy": [topic.settings["cleanup.policy"]]}


def _description(topic: Topic) -> str:
    readers = ", ".join(topic.consumers)
    if not topic.types:
        return f"What {topic.owner} could not read, byte for byte as it came. Read by {readers}."
    return f"Written by {topic.owner}, read by {readers}. Key: {topic.key}."


def _operations() -> Node:
    operations: Node = {}
    for service in SERVICES:
        for topic in ALL_TOPICS:
            if topic.owner == service:
                operations[f"{service}.send.{topic.name}"] = _operation("send", topic, service)
            if service in topic.consumers:
                operations[f"{service}.receive.{topic.name}"] = _operation(
                    "receive", topic, service
                )
    return operations


def _operation(action: str, topic: Topic, service: str) -> Node:
    operation: Node = {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "messages": [_ref(f"channels/{topic.name}/messages", data) for data in topic.types],
    }
    if action == "receive":
        group = {"type": "string", "pattern": rf"^tocsin\.{service}(\.|$)"}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": KAFKA_BINDING}}
    return operation


def _messages() -> Node:
    return {
        data.event_type: _message(data, topic)
        for topic in ALL_TOPICS
        for data in sorted(topic.types, key=lambda data: data.event_type)
    }


def _message(data: type[EventData], topic: Topic) -> Node:
    message: Node = {
        "name": data.event_type,
        "contentType": MEDIA_TYPE,
        "payload": {
            "schemaFormat": SCHEMA_FORMAT,
            "schema": {"$ref": f"./schemas/{data.event_type}.json"},
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": topic.key},
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }
    summary = _first_sentence(data)
    return {**message, "summary": summary} if summary else message


def _first_sentence(data: type[EventData]) -> str:
    """The body's own docstring; an inherited one speaks of the family."""
    own = data.__dict__.get("__doc__") or ""
    return " ".join(own.split("\n\n")[0].split()).replace("``", "`")


def _ref(path: str, data: type[EventData]) -> Node:
    return {"$ref": f"#/{path}/{data.event_type}"}
