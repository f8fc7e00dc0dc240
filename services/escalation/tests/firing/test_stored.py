"""What is stored leaves out what is not set: so whatever may be unset is unset by default."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from escalation.incidents.rules import Incident
from escalation.policies.state import Chain
from escalation.promises.state import Pledge


@pytest.mark.parametrize("stored", [Chain, Incident, Pledge])
def test_what_may_be_unset_is_unset_by_default(stored: type) -> None:
    checked = 0
    for owner, name, kind, default in _fields(stored, set()):
        if type(None) in typing.get_args(kind):
            checked += 1
            assert default is None, f"{owner.__name__}.{name} would be lost"
        assert not _maps_to_nothing(kind), f"entries of {owner.__name__}.{name} would be lost"
    assert checked


def _fields(model: Any, seen: set[type]) -> Iterator[tuple[type, str, Any, Any]]:
    """Every field of ``model`` and of whatever is in it: owner, name, type and default."""
    if model in seen:
        return
    seen.add(model)
    hints = typing.get_type_hints(model)
    for name, default in _defaults(model):
        kind = hints[name]
        yield model, name, kind, default
        for inner in _models(kind):
            yield from _fields(inner, seen)


def _defaults(model: Any) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(model):
        yield from ((one.name, one.default) for one in dataclasses.fields(model))
    else:
        yield from ((name, one.default) for name, one in model.model_fields.items())


def _models(kind: Any) -> Iterator[Any]:
    if isinstance(kind, type) and (dataclasses.is_dataclass(kind) or hasattr(kind, "model_fields")):
        yield kind
    for part in typing.get_args(kind):
        yield from _models(part)


def _maps_to_nothing(kind: Any) -> bool:
    is_map = typing.get_origin(kind) in (dict, Mapping)
    return is_map and type(None) in typing.get_args(typing.get_args(kind)[1])
