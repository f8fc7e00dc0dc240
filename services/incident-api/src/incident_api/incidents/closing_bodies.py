"""What callers send after the resolve."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from tocsin_contracts.incident import FollowUp, PreventionItem
from tocsin_contracts.model import Slug

from incident_api.incidents.bodies import OptionalText, Sends
from incident_api.web.models import Body, Line, RequiredText, Time

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


class MovedMeeting(Meeting):
    reason: OptionalText | None = None


class Close(Sends):
    root_cause: RequiredText
    steps_taken: RequiredText
    prevention: RequiredText | Annotated[tuple[Prevention, ...], Field(min_length=1, max_length=50)]
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
