"""What a preview is asked: an event that has not happened, and the state it would meet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tocsin_contracts.envelope import Event, EventData, MalformedEvent, UnknownEventType, decode
from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_contracts.words import Kind

MOST_EVENTS = 50


@dataclass(frozen=True)
class Asked:
    """``events`` are what the call would publish, in order; none for a kind that follows from no
    call. ``told`` came before them, and is taken as read. ``incident`` and ``audience`` are what
    incident-api knows by now, ``words`` the body of the call."""

    kind: Kind
    revision: int
    events: tuple[Event[EventData], ...] = ()
    told: tuple[Event[EventData], ...] = ()
    incident: IncidentSnapshot | None = None
    audience: Audience | None = None
    words: dict[str, Any] = field(default_factory=dict)
    html: bool = False


class Unreadable(ValueError):
    """The question is not one of ours, in a sentence."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")
    kind: Kind
    directory_revision: int
    events: tuple[dict[str, Any], ...] = Field(default=(), max_length=MOST_EVENTS)
    told: tuple[dict[str, Any], ...] = Field(default=(), max_length=MOST_EVENTS)
    incident: IncidentSnapshot | None = None
    audience: Audience | None = None
    words: dict[str, Any] = {}
    html: bool = False


def read(raw: bytes) -> Asked:
    """Raises :class:`Unreadable`."""
    try:
        body = _Body.model_validate_json(raw)
        events, told = _events(body.events), _events(body.told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "(document)"
        raise Unreadable(f"{place}: {first['msg']}") from error
    except (MalformedEvent, UnknownEventType) as error:
        raise Unreadable(f"events: {error}") from error
    return Asked(
        kind=body.kind,
        revision=body.directory_revision,
        events=events,
        told=told,
        incident=body.incident,
        audience=body.audience,
        words=body.words,
        html=body.html,
    )


def _events(given: Sequence[dict[str, Any]]) -> tuple[Event[EventData], ...]:
    return tuple(decode(json.dumps(event).encode(), KNOWN_TYPES) for event in given)
