"""What a simulation is asked: events that have not happened, and the policies to try."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from pydantic import ValidationError
from tocsin_contracts.envelope import Event, EventData, MalformedEvent, UnknownEventType, decode
from tocsin_contracts.events import IncidentEvent
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_contracts.simulation import LAST_CALLED, LintAsked, SimulationAsked

from escalation.simulation.problems import Unreadable

MOST_EVENTS = 500
MOST_STEPS = 2_000
"""In all policies together."""


@dataclass(frozen=True)
class Script:
    """``events`` of one incident in the order of their times, the first of them its own."""

    revision: int
    events: tuple[Event[EventData], ...]
    until: datetime
    policies: tuple[EscalationPolicy, ...] = ()


def read_script(raw: bytes) -> Script:
    """Raises :class:`Unreadable`."""
    try:
        asked = SimulationAsked.model_validate_json(raw, extra="ignore")
        events = _events(asked.events)
    except ValidationError as error:
        raise Unreadable(_first(error)) from error
    except (MalformedEvent, UnknownEventType) as error:
        raise Unreadable(f"events: {error}") from error
    _check(events, asked.policies)
    return Script(asked.revision, events, asked.until.astimezone(UTC), asked.policies)


def read_lint(raw: bytes) -> LintAsked:
    """Raises :class:`Unreadable`."""
    try:
        asked = LintAsked.model_validate_json(raw, extra="ignore")
    except ValidationError as error:
        raise Unreadable(_first(error)) from error
    if asked.since >= asked.until:
        raise Unreadable("until: it must be after since")
    return asked


def _events(given: Sequence[dict[str, Any]]) -> tuple[Event[EventData], ...]:
    if len(given) > MOST_EVENTS:
        raise Unreadable(f"events: at most {MOST_EVENTS}, {len(given)} were given")
    return tuple(decode(json.dumps(_named(event)).encode(), KNOWN_TYPES) for event in given)


def _named(event: dict[str, Any]) -> dict[str, Any]:
    """Nobody named is whoever was called last."""
    data = event.get("data")
    if isinstance(data, dict) and data.get("person") == "":
        return {**event, "data": {**data, "person": LAST_CALLED}}
    return event


def _check(events: Sequence[Event[EventData]], policies: Sequence[EscalationPolicy]) -> None:
    if not events or not isinstance(events[0].data, IncidentEvent):
        raise Unreadable("events: the first must be an event of the incident itself")
    if len({event.subject for event in events}) > 1:
        raise Unreadable("events: they must be of one incident")
    if any(later.time < earlier.time for earlier, later in pairwise(events)):
        raise Unreadable("events: they must be in the order of their times")
    if sum(len(policy.steps) for policy in policies) > MOST_STEPS:
        raise Unreadable(f"policies: at most {MOST_STEPS} steps in all")


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"])) or "(document)"
    return f"{place}: {first['msg']}"
