"""The AsyncAPI document: its structure, that every reference leads somewhere, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tocsin_contracts.registry import ALL_TOPICS, KNOWN_TYPES
from tocsin_contracts.tooling import generated
from tocsin_contracts.tooling.asyncapi import document

Node = dict[str, Any]

REFERENCE: Node = {
    "type": "object",
    "properties": {"$ref": {"type": "string"}},
    "required": ["$ref"],
    "additionalProperties": False,
}


def closed(required: list[str], **properties: Node) -> Node:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def map_of(value: Node) -> Node:
    return {"type": "object", "additionalProperties": value, "minProperties": 1}


TEXT: Node = {"type": "string", "minLength": 1}
KAFKA_VERSION: Node = {"const": "0.5.0"}
STRUCTURE = closed(
    ["asyncapi", "info", "channels", "operations", "components"],
    asyncapi={"const": "3.0.0"},
    defaultContentType=TEXT,
    info=closed(
        ["title", "version"],
        title=TEXT,
        version=TEXT,
        description=TEXT,
        license=closed(["name"], name=TEXT, url=TEXT),
    ),
    servers=map_of(
        closed(
            ["host", "protocol"],
            host=TEXT,
            protocol={"enum": ["kafka", "kafka-secure"]},
            description=TEXT,
        )
    ),
    channels=map_of(
        closed(
            ["address", "messages", "bindings"],
            address=TEXT,
            description=TEXT,
            messages={"type": "object", "additionalProperties": REFERENCE},
            bindings=closed(
                ["kafka"],
                kafka=closed(
                    ["topic", "partitions", "topicConfiguration", "bindingVersion"],
                    topic=TEXT,
                    partitions={"type": "integer", "minimum": 1},
                    topicConfiguration={"type": "object", "required": ["cleanup.policy"]},
                    bindingVersion=KAFKA_VERSION,
                ),
            ),
        )
    ),
    operations=map_of(
        closed(
            ["action", "channel", "messages"],
            action={"enum": ["send", "receive"]},
            channel=REFERENCE,
            messages={"type": "array", "items": REFERENCE},
            bindings=closed(
                ["kafka"],
                kafka=closed(
                    ["groupId", "bindingVersion"],
                    groupId={"type": "object"},
                    bindingVersion=KAFKA_VERSION,
                ),
            ),
        )
    ),
    components=closed(
        ["messages"],
        messages=map_of(
            closed(
                ["name", "payload", "bindings"],
                name=TEXT,
                summary=TEXT,
                contentType=TEXT,
                payload=closed(["schemaFormat", "schema"], schemaFormat=TEXT, schema=REFERENCE),
                bindings=closed(
                    ["kafka"],
                    kafka=closed(
                        ["key", "bindingVersion"],
                        key={"type": "object"},
                        bindingVersion=KAFKA_VERSION,
                    ),
                ),
            )
        ),
    ),
)


def problems(found: Node) -> list[str]:
    structure = [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(STRUCTURE).iter_errors(found)
    ]
    return structure + [ref for ref in references(found) if not leads_somewhere(ref, found)]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)


def leads_somewhere(reference: str, root: Node) -> bool:
    if not reference.startswith("#/"):
        return (generated.HOME / reference).is_file()
    node: Any = root
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


DOCUMENT = document("0.1.0")


def test_the_document_is_well_formed() -> None:
    assert problems(DOCUMENT) == []


@pytest.mark.parametrize(
    "path",
    [
        ("info", "title"),
        ("channels", "tocsin.incidents", "address"),
        ("channels", "tocsin.incidents", "bindings", "kafka", "partitions"),
        ("operations", "dispatcher.receive.tocsin.incidents", "channel"),
        ("components", "messages", "tocsin.incident.opened.v1", "payload"),
        ("components", "messages", "tocsin.incident.opened.v1"),
    ],
    ids=".".join,
)
def test_a_missing_part_is_noticed(path: tuple[str, ...]) -> None:
    broken: Node = deepcopy(DOCUMENT)
    node = broken
    for part in path[:-1]:
        node = node[part]
    del node[path[-1]]
    assert problems(broken)


def test_a_schema_file_that_is_not_there_is_noticed() -> None:
    broken: Node = deepcopy(DOCUMENT)
    payload = broken["components"]["messages"]["tocsin.incident.opened.v1"]["payload"]
    payload["schema"]["$ref"] = "./schemas/nowhere.json"
    assert problems(broken) == ["./schemas/nowhere.json"]


def test_every_topic_is_a_channel_with_a_sender_and_a_reader() -> None:
    for topic in ALL_TOPICS:
        assert DOCUMENT["channels"][topic.name]["bindings"]["kafka"]["partitions"]
        assert f"{topic.owner}.send.{topic.name}" in DOCUMENT["operations"]
        for reader in topic.consumers:
            assert f"{reader}.receive.{topic.name}" in DOCUMENT["operations"]


def test_every_event_is_a_message() -> None:
    assert set(DOCUMENT["components"]["messages"]) == set(KNOWN_TYPES)
