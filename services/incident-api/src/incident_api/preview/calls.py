"""Which call of a person makes a message of which kind, and what it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from tocsin_contracts.words import Kind

from incident_api.incidents import acts, closing_acts
from incident_api.incidents.acting import Writing
from incident_api.web.field_error import FieldError
from incident_api.web.pointers import pointer_to
from incident_api.web.problem import all_invalid
from incident_api.web.sentences import sentence

M = TypeVar("M", bound=BaseModel)
CHANGES = frozenset({Kind.UPDATE, Kind.ETA_CHANGE, Kind.WORKAROUND})
_WRITINGS: Mapping[Kind, Writing[Any]] = {
    Kind.INITIAL: acts.PUBLISH,
    Kind.APPROVAL_REQUEST: acts.PUBLISH,
    Kind.HOLDING_NOTICE: acts.HOLDING_NOTICE,
    Kind.NO_NEWS: acts.NO_NEWS,
    Kind.CORRECTION: acts.CORRECT,
    Kind.RESOLVED: acts.RESOLVE,
    Kind.REOPENED: acts.REOPEN,
    Kind.CLOSURE: closing_acts.CLOSE,
    Kind.REVIEW: closing_acts.REVIEW,
}
_ALWAYS: Mapping[Kind, Mapping[str, Any]] = {Kind.HOLDING_NOTICE: {"action": "send"}}
_SAMPLE_CLOSE = {
    "root_cause": "The cause, as it will be written.",
    "steps_taken": "What was done, as it will be written.",
    "prevention": "What changes, as it will be written.",
}
_RESOLVE = (acts.RESOLVE, {"message": "What follows from it, as it will be written."})
BEFORE: Mapping[Kind, tuple[tuple[Writing[Any], Mapping[str, Any]], ...]] = {
    Kind.CLOSURE: (_RESOLVE,),
    Kind.REOPENED: (_RESOLVE,),
    Kind.REVIEW: (_RESOLVE, (closing_acts.CLOSE, _SAMPLE_CLOSE)),
}
"""What an incident that is not opened yet would have been through first."""


@dataclass(frozen=True)
class Call:
    """A write, its body, and the update it names."""

    writing: Writing[Any]
    body: Any
    update_id: str | None = None


def call_for(kind: Kind, given: Mapping[str, Any] | None) -> Call | None:
    """The call behind ``kind``; ``None``: no call of a person brings it about.

    Raises 422 with pointers below ``/update`` where the body is not one of that call.
    """
    writing = _writing(kind, given or {})
    if writing is None:
        return None
    body = {**(given or {}), **_ALWAYS.get(kind, {})}
    update_id = body.pop("update_id", None) if kind is Kind.CORRECTION else None
    return Call(writing, read(writing.body, body, "/update"), update_id)


def _writing(kind: Kind, given: Mapping[str, Any]) -> Writing[Any] | None:
    if kind in CHANGES:
        return acts.UPDATE if "message" in given else acts.PATCH
    if kind is Kind.RESOLVED and "reason" in given:
        return acts.CANCEL
    if kind is Kind.CLOSURE and "starts_at" in given:
        return closing_acts.FOLLOW_UP
    return _WRITINGS.get(kind)


def read(model: type[M], given: Mapping[str, Any], where: str) -> M:
    """Raises 422 whose pointers begin with ``where``."""
    try:
        return model.model_validate_json(_as_json(given))
    except ValidationError as error:
        faults = [
            FieldError(f"{where}{pointer_to(one['loc'])}", sentence(one))
            for one in error.errors(include_url=False)
        ]
        raise all_invalid(faults) from error


def _as_json(given: Mapping[str, Any]) -> str:
    """Read as a body of JSON is: a list is as good as a tuple there, and no number is a text."""
    return json.dumps(given)
