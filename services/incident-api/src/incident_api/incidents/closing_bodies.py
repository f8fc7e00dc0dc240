"""What callers send after the resolve."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag
from tocsin_contracts.incident import FollowUp, PreventionItem
from tocsin_contracts.model import Slug

from incident_api.incidents.bodies import Sends
from incident_api.web.models import Body, Line, OptionalText, RequiredText, Time
from incident_api.web.pointers import ALTERNATIVE

_LIKE_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _a_day_there_is(due: str) -> str:
    if _LIKE_A_DATE.fullmatch(due):
        try:
            date.fromisoformat(due)
        except ValueError:
            raise ValueError(f"'{due}' is no day of the calendar.") from None
    return due


Due = Annotated[Line, AfterValidator(_a_day_there_is)]
"""A date (2026-12-05), or words such as ``done``."""


class Prevention(Body):
    what: RequiredText
    who: Line | None = None
    due: Due | None = None

    def item(self) -> PreventionItem:
        return PreventionItem(what=self.what, who=self.who, due=self.due)


class Meeting(Body):
    starts_at: Time
    duration_minutes: Annotated[int, Field(gt=0, le=1440)]
    location: Line
    organizer_email: Annotated[Line, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]

    def follow_up(self) -> FollowUp:
        return FollowUp(
            starts_at=self.starts_at,
            duration_minutes=self.duration_minutes,
            location=self.location,
            organizer_email=self.organizer_email,
        )


class MovedMeeting(Sends, Meeting):
    reason: OptionalText | None = None


MOST_ITEMS = 50


def _some_items(items: tuple[Prevention, ...]) -> tuple[Prevention, ...]:
    """Not a length constraint: that would add its own complaint to that of a wrong item."""
    if not 0 < len(items) <= MOST_ITEMS:
        raise ValueError(f"Give 1 to {MOST_ITEMS} items, or the prevention as one text.")
    return items


Preventions = Annotated[tuple[Prevention, ...], AfterValidator(_some_items)]
_LIST, _TEXT = f"{ALTERNATIVE}list", f"{ALTERNATIVE}text"


def _how_written(given: Any) -> str:
    return _LIST if isinstance(given, list | tuple) else _TEXT


class Close(Sends):
    root_cause: RequiredText
    steps_taken: RequiredText
    prevention: Annotated[
        Annotated[RequiredText, Tag(_TEXT)] | Annotated[Preventions, Tag(_LIST)],
        Discriminator(_how_written),
    ]
    per_client: dict[Slug, RequiredText] = {}
    follow_up: Meeting | None = None

    def prevented(self) -> str | tuple[PreventionItem, ...]:
        if isinstance(self.prevention, str):
            return self.prevention
        return tuple(one.item() for one in self.prevention)


class Ticked(Body):
    done: bool


class NewReview(Sends):
    summary: OptionalText | None = None
