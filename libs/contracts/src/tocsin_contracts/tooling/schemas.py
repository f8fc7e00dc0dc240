"""JSON Schema of every event, as it lies on the wire.

Draft 2020-12, from the models in serialisation mode. The models forbid unknown fields, because a
producer must not send them; the schema allows them, because a consumer must accept what a newer
producer added.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import KNOWN_TYPES

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENVELOPE = "envelope"


class _WithoutFieldTitles(GenerateJsonSchema):
    """A title that repeats the field's name tells a reader nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def event_schema(data: type[EventData]) -> Schema:
    """The whole event, envelope and body, with its type fixed."""
    model: type[Event[EventData]] = Event[data]  # type: ignore[valid-type]
    schema = _schema_of(model, data.event_type)
    schema["properties"]["type"] = {"const": data.event_type, "type": "string"}
    return schema


def envelope_schema() -> Schema:
    """What every event has, whatever its body."""
    return _schema_of(Event[EventData], ENVELOPE)


def all_schemas() -> dict[str, Schema]:
    """Schema by type name, and the envelope's under ``envelope``."""
    events = {name: event_schema(data) for name, data in sorted(KNOWN_TYPES.items())}
    return {ENVELOPE: envelope_schema(), **events}


def _schema_of(model: type[Event[EventData]], name: str) -> Schema:
    body = model.model_json_schema(mode="serialization", schema_generator=_WithoutFieldTitles)
    opened: Schema = _opened(body)
    return {**opened, "$schema": DIALECT, "$id": f"urn:tocsin:schema:{name}", "title": name}


def _opened(node: Any) -> Any:
    """The same schema without ``additionalProperties: false`` anywhere."""
    if isinstance(node, list):
        return [_opened(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = node.get("additionalProperties") is False
    return {
        key: _opened(value)
        for key, value in node.items()
        if not (closed and key == "additionalProperties")
    }
