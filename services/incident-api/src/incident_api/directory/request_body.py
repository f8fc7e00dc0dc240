"""A directory document or entry from a request's body, JSON or YAML."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from incident_api.directory.parsing import Unreadable, read_json, read_yaml
from incident_api.web.bodies import YAML_TYPES
from incident_api.web.field_error import FieldError
from incident_api.web.pointers import pointer_to
from incident_api.web.problem import Problem, all_invalid, invalid
from incident_api.web.sentences import causes, sentence

Read = TypeVar("Read", bound=BaseModel)

LATER = frozenset({"holding_notice_after_minutes"})
"""Fields of the document's full form that this version cannot act on: it must not seem to."""


async def read_body(request: Request, model: type[Read], *, key: str | None = None) -> Read:
    """The body as ``model``; raises 400 or 422 with a pointer for each wrong place.

    ``key`` is the entry's key where the address gives it; the body may leave it out.
    Large documents take a while to check, so this happens in a thread.
    """
    raw = await request.body()
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await asyncio.to_thread(_read, raw, media_type, model, key)


def _read(raw: bytes, media_type: str, model: type[Read], key: str | None) -> Read:
    values = _values(raw, media_type)
    if key is not None and isinstance(values, dict) and values.setdefault("key", key) != key:
        raise invalid("/key", f"The address names '{key}'; write the same key or leave it out.")
    return validated(values, model)


def _values(raw: bytes, media_type: str) -> Any:
    try:
        return read_yaml(raw) if media_type in YAML_TYPES else read_json(raw)
    except Unreadable as error:
        raise Problem("malformed-body", f"The body cannot be read: {error}") from None


def validated(values: Any, model: type[Read]) -> Read:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = causes(error.errors(include_url=False, include_input=False))
        found = [_field_error(e) for e in wrong]
        raise all_invalid(found, "Nothing was changed.") from None


def _field_error(error: Any) -> FieldError:
    pointer = pointer_to(error["loc"])
    if error["type"] == "extra_forbidden" and error["loc"][-1] in LATER:
        name = error["loc"][-1]
        return FieldError(pointer, f"'{name}' is not supported by this version yet; leave it out.")
    return FieldError(pointer, sentence(error))


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI shows of a body that :func:`read_body` reads."""
    schema = model.model_json_schema(mode="validation")
    types = ("application/json", "application/yaml")
    return {
        "requestBody": {"required": True, "content": {name: {"schema": schema} for name in types}}
    }
