"""What may change under an event's name, and what needs a new one."""

from __future__ import annotations

from typing import Any

import pytest
from tocsin_contracts.tooling.compatibility import compare

Schema = dict[str, Any]


def event(fields: Schema, required: tuple[str, ...] = (), **definitions: Schema) -> Schema:
    body = {"type": "object", "properties": fields, "required": list(required)}
    return {
        "type": "object",
        "properties": {"data": {"$ref": "#/$defs/Body"}},
        "required": ["data"],
        "$defs": {"Body": body, **definitions},
    }


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
MAYBE_TEXT: Schema = {"anyOf": [TEXT, {"type": "null"}], "default": None}
SLUG: Schema = {"type": "string", "pattern": "^[a-z]+$"}


def severity(*words: str) -> Schema:
    return event({"severity": {"$ref": "#/$defs/S"}}, S={"type": "string", "enum": list(words)})


def found(old: Schema, new: Schema) -> list[tuple[str, str]]:
    return [(difference.weight, str(difference)) for difference in compare(old, new)]


def test_nothing_changed() -> None:
    same = event({"title": TEXT}, ("title",))
    assert found(same, same) == []


def test_a_new_optional_field_passes() -> None:
    assert found(event({"title": TEXT}), event({"title": TEXT, "impact": MAYBE_TEXT})) == []


def test_a_described_field_is_the_same_field() -> None:
    assert found(event({"t": TEXT}), event({"t": {**TEXT, "description": "its title"}})) == []


def test_a_renamed_definition_is_the_same_shape() -> None:
    old = event({"who": {"$ref": "#/$defs/Person"}}, Person={"type": "object", "properties": {}})
    new = event({"who": {"$ref": "#/$defs/Human"}}, Human={"type": "object", "properties": {}})
    assert found(old, new) == []


BREAKING = {
    "a field went": (event({"title": TEXT, "note": TEXT}), event({"title": TEXT}), "note: removed"),
    "a new field is required": (
        event({"title": TEXT}),
        event({"title": TEXT, "note": TEXT}, ("note",)),
        "note: required, older events lack it",
    ),
    "an optional field became required": (
        event({"title": TEXT}),
        event({"title": TEXT}, ("title",)),
        "title: required, older events lack it",
    ),
    "a required field became optional": (
        event({"title": TEXT}, ("title",)),
        event({"title": TEXT}),
        "title: optional now, consumers rely on it",
    ),
    "another type": (event({"n": TEXT}), event({"n": NUMBER}), "n: no longer string"),
    "null is refused": (event({"n": MAYBE_TEXT}), event({"n": TEXT}), "n: no longer null"),
    "a word went": (
        severity("sev1", "sev2"),
        severity("sev1"),
        "severity: no longer allows sev2",
    ),
    "free text became a list": (
        event({"severity": TEXT}),
        severity("sev1"),
        "severity: limited to sev1",
    ),
    "a pattern appeared": (
        event({"key": TEXT}),
        event({"key": SLUG}),
        "key: pattern was None, is ^[a-z]+$",
    ),
    "a lower limit": (
        event({"t": {**TEXT, "maxLength": 200}}),
        event({"t": {**TEXT, "maxLength": 100}}),
        "t: maxLength was 200, is 100",
    ),
    "a first limit": (
        event({"n": NUMBER}),
        event({"n": {**NUMBER, "minimum": 1}}),
        "n: minimum was None, is 1",
    ),
    "inside a list": (
        event({"l": {"type": "array", "items": TEXT}}),
        event({"l": {"type": "array", "items": NUMBER}}),
        "l[]: no longer string",
    ),
    "inside a map": (
        event({"m": {"type": "object", "additionalProperties": TEXT}}),
        event({"m": {"type": "object", "additionalProperties": NUMBER}}),
        "m{}: no longer string",
    ),
    "behind a nullable reference": (
        event(
            {"who": {"anyOf": [{"$ref": "#/$defs/P"}, {"type": "null"}]}},
            P={"type": "object", "properties": {"name": TEXT}},
        ),
        event(
            {"who": {"anyOf": [{"$ref": "#/$defs/P"}, {"type": "null"}]}},
            P={"type": "object", "properties": {}},
        ),
        "who.name: removed",
    ),
}


@pytest.mark.parametrize(("old", "new", "says"), BREAKING.values(), ids=BREAKING.keys())
def test_breaking(old: Schema, new: Schema, says: str) -> None:
    assert ("breaking", f"event.data.{says}") in found(old, new)


CONSUMERS_FIRST = {
    "a new word": (severity("sev1"), severity("sev1", "sev2"), "severity: also allows sev2"),
    "a list became free text": (
        severity("sev1"),
        event({"severity": TEXT}),
        "severity: no longer a closed list",
    ),
    "null is allowed": (event({"n": TEXT}), event({"n": MAYBE_TEXT}), "n: may now be null"),
    "a higher limit": (
        event({"n": {**NUMBER, "maximum": 50}}),
        event({"n": {**NUMBER, "maximum": 60}}),
        "n: maximum was 50, is 60",
    ),
    "a pattern went": (
        event({"key": SLUG}),
        event({"key": TEXT}),
        "key: pattern was ^[a-z]+$, is None",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "says"), CONSUMERS_FIRST.values(), ids=CONSUMERS_FIRST.keys()
)
def test_allowed_once_the_consumers_know_it(old: Schema, new: Schema, says: str) -> None:
    assert found(old, new) == [("consumers first", f"event.data.{says}")]
