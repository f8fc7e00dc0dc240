"""The closing note as it stands: what was written at the close, and what changed since.

Read from the timeline, where the note, each change of its meeting, each prevention item that was
done and each review lie as lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tocsin_contracts.incident import FollowUp, PreventionItem

from incident_api.timeline.lines import Line

CLOSED = "closed"
MEETING = "follow_up_changed"
PREVENTION = "prevention_changed"
REVIEW = "review_published"
WORDS = (CLOSED, MEETING, PREVENTION, REVIEW)

DONE_WORDS = frozenset({"done", "erledigt", "fait", "terminé", "hecho"})


@dataclass(frozen=True)
class Item:
    """One thing that changes; it was done when written where its date says so in words."""

    item: PreventionItem
    done: bool = False
    done_at: datetime | None = None


@dataclass(frozen=True)
class Closure:
    """``prevention`` is text where it was written as text; then there are no ``items``.

    ``meetings`` counts the meeting's changes, calling it off included, as iCalendar's SEQUENCE
    does; -1: there never was one. ``revision`` counts published reviews.
    """

    at: datetime
    root_cause: str
    steps_taken: str
    prevention: str | None = None
    items: tuple[Item, ...] = ()
    per_client: Mapping[str, str] = field(default_factory=dict)
    follow_up: FollowUp | None = None
    meetings: int = -1
    revision: int = 0
    summary: str | None = None

    @property
    def open_items(self) -> tuple[PreventionItem, ...]:
        return tuple(one.item for one in self.items if not one.done)


def closure_of(lines: Iterable[Line]) -> Closure | None:
    """From an incident's lines, oldest first; ``None`` before its close."""
    found: Closure | None = None
    for line in lines:
        if line.type == CLOSED:
            found = _written(line)
        elif found is not None and line.type in _SINCE:
            found = _SINCE[line.type](found, line)
    return found


def _written(line: Line) -> Closure:
    data = line.data
    given = data["prevention"]
    meeting = _meeting(data.get("follow_up"))
    return Closure(
        at=line.at,
        root_cause=data["root_cause"],
        steps_taken=data["steps_taken"],
        prevention=given if isinstance(given, str) else None,
        items=() if isinstance(given, str) else tuple(_item(one) for one in given),
        per_client=data.get("per_client") or {},
        follow_up=meeting,
        meetings=-1 if meeting is None else meeting.sequence,
    )


def _item(given: Mapping[str, Any]) -> Item:
    item = PreventionItem.model_validate(given)
    return Item(item, done=(item.due or "").strip().casefold() in DONE_WORDS)


def _meeting(given: Mapping[str, Any] | None) -> FollowUp | None:
    return None if given is None else FollowUp.model_validate(given)


def _moved(closure: Closure, line: Line) -> Closure:
    return replace(
        closure,
        follow_up=_meeting(line.data.get("follow_up")),
        meetings=line.data["calendar_sequence"],
    )


def _ticked(closure: Closure, line: Line) -> Closure:
    place, done = line.data["item"] - 1, line.data["done"]
    items = list(closure.items)
    items[place] = replace(items[place], done=done, done_at=line.at if done else None)
    return replace(closure, items=tuple(items))


def _reviewed(closure: Closure, line: Line) -> Closure:
    return replace(closure, revision=line.data["revision"], summary=line.data.get("summary"))


_SINCE = {MEETING: _moved, PREVENTION: _ticked, REVIEW: _reviewed}
