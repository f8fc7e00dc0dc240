"""What a preview asks the dispatcher, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.words import Kind


@dataclass(frozen=True)
class Tried:
    """``events`` are what the call would publish; ``told`` came before and is taken as read.

    ``incident`` and ``audience`` are the state that ``events`` meet. ``revision`` is the
    directory's, ``digest`` what the call can be bound to.
    """

    revision: int
    digest: str
    events: tuple[Event[EventData], ...] = ()
    told: tuple[Event[EventData], ...] = ()
    incident: IncidentSnapshot | None = None
    audience: Audience | None = None


def question(kind: Kind, tried: Tried, words: dict[str, Any], *, html: bool) -> dict[str, Any]:
    """The body of the dispatcher's ``POST /v1/preview``."""
    return {
        "kind": kind.value,
        "directory_revision": tried.revision,
        "events": _dumped(tried.events),
        "told": _dumped(tried.told),
        "incident": tried.incident.model_dump(mode="json") if tried.incident else None,
        "audience": tried.audience.model_dump(mode="json") if tried.audience else None,
        "words": words,
        "html": html,
    }


def _dumped(events: Sequence[Event[EventData]]) -> list[dict[str, Any]]:
    return [event.model_dump(mode="json") for event in events]
