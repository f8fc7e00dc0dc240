"""The published schemas agree with the models, seen through a validator that is not pydantic."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_contracts.tooling import generated
from tocsin_contracts.tooling.schemas import all_schemas, envelope_schema, event_schema

EXAMPLES = generated.examples(generated.committed())


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(event_schema(KNOWN_TYPES[name]), format_checker=FormatChecker())


@pytest.mark.parametrize("name", sorted(all_schemas()))
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(all_schemas()[name])


@pytest.mark.parametrize("name", sorted(KNOWN_TYPES))
def test_the_golden_example_satisfies_its_schema_and_the_envelopes(name: str) -> None:
    example = json.loads(EXAMPLES[name])
    validator(name).validate(example)
    Draft202012Validator(envelope_schema()).validate(example)


@pytest.mark.parametrize("name", sorted(KNOWN_TYPES))
def test_a_consumer_may_meet_a_field_that_is_new(name: str) -> None:
    example = json.loads(EXAMPLES[name])
    example["data"]["added_later"] = True
    validator(name).validate(example)


@pytest.mark.parametrize("name", sorted(KNOWN_TYPES))
def test_an_event_without_body_or_of_another_type_is_refused(name: str) -> None:
    example = json.loads(EXAMPLES[name])
    assert not validator(name).is_valid({**example, "type": "tocsin.other.thing.v1"})
    assert not validator(name).is_valid({**example, "data": {}})
