"""Who of a team is on duty, as the provider writes it: a calendar's address or a weekly rota."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_serializer, model_validator

from incident_api.directory.fields import Timezone, WebUrl, checked
from incident_api.web.models import EARLIEST, LATEST, Body

_WEEKLY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):[0-5][0-9]")
_WEBCAL = "webcal://"


def _weekly(moment: str) -> str:
    if not _WEEKLY.fullmatch(moment):
        raise ValueError('Write a weekday and a time of day, such as "mon 18:00".')
    return moment


def _subscribed(given: Any) -> Any:
    """Calendars show their address for subscribers as ``webcal``, which is https."""
    is_webcal = isinstance(given, str) and given.lower().startswith(_WEBCAL)
    return f"https://{given[len(_WEBCAL) :]}" if is_webcal else given


def _of_our_age(moment: datetime) -> datetime:
    if not EARLIEST.year <= moment.year < LATEST.year:
        raise ValueError("This time must lie between the years 1990 and 2199.")
    return moment


def _date_of_our_age(day: date) -> date:
    if not EARLIEST.year <= day.year < LATEST.year:
        raise ValueError("This day must lie between the years 1990 and 2199.")
    return day


def _written_time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


PersonRef = Annotated[str, Field(min_length=1, max_length=254)]
"""The key of a person, or the email where there is no key."""
WeeklyMoment = Annotated[str, Field(max_length=9), checked(_weekly)]
CalendarUrl = Annotated[WebUrl, BeforeValidator(_subscribed)]
WallTime = Annotated[datetime, AfterValidator(_of_our_age)]
"""With an offset, or on the rota's own clock."""


class ShiftEntry(Body):
    """``people`` take turns from week to week; from and to the same is the whole week."""

    start: Annotated[WeeklyMoment, Field(alias="from")]
    end: Annotated[WeeklyMoment, Field(alias="to")]
    people: Annotated[tuple[PersonRef, ...], Field(min_length=1, max_length=100)]

    @model_serializer
    def _written(self) -> dict[str, Any]:
        return {"from": self.start, "to": self.end, "people": list(self.people)}


class OverrideEntry(Body):
    """In this time ``person`` alone is on duty, whatever else is written."""

    start: Annotated[WallTime, Field(alias="from")]
    end: Annotated[WallTime, Field(alias="to")]
    person: PersonRef

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise ValueError("Write 'from' and 'to' both with an offset, or both without.")
        if self.end <= self.start:
            raise ValueError("'to' must be later than 'from'.")
        return self

    @model_serializer
    def _written(self) -> dict[str, str]:
        return {
            "from": _written_time(self.start),
            "to": _written_time(self.end),
            "person": self.person,
        }


class DutyEntry(Body):
    """A ``calendar``, or ``shifts`` that begin with the week of ``starting``.

    ``timezone`` left out is the provider's; of a calendar it is that of times which name none.
    """

    calendar: CalendarUrl | None = None
    timezone: Timezone | None = None
    starting: Annotated[date, AfterValidator(_date_of_our_age)] | None = None
    shifts: Annotated[tuple[ShiftEntry, ...], Field(min_length=1, max_length=100)] | None = None
    overrides: Annotated[tuple[OverrideEntry, ...], Field(max_length=1000)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.calendar is None) == (self.shifts is None):
            raise ValueError("Give either 'calendar', an address, or 'shifts', a weekly rota.")
        if (self.shifts is None) != (self.starting is None):
            raise ValueError("'starting', the first day of the rota, belongs to 'shifts'.")
        return self
