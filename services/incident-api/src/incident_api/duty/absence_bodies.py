"""What callers send about absences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from incident_api.directory.duty_entries import PersonRef
from incident_api.web.models import Body, OptionalText, Time


def _in_utc(moment: datetime) -> datetime:
    """As it is answered and published, whatever offset it came with."""
    return moment.astimezone(UTC)


Moment = Annotated[Time, AfterValidator(_in_utc)]
Reason = Annotated[
    OptionalText | None,
    Field(max_length=500, description="for whoever reads this API; nobody else hears of it"),
]


class NewAbsence(Body):
    """Away from ``from`` until before ``to``; in that time ``stand_in`` is called instead."""

    person: PersonRef
    starts_at: Annotated[Moment, Field(alias="from")]
    ends_at: Annotated[Moment, Field(alias="to")]
    stand_in: PersonRef | None = None
    reason: Reason = None


class AbsencePatch(Body):
    """A merge patch: a field left out stays, ``null`` empties stand-in and reason."""

    starts_at: Annotated[Moment | None, Field(alias="from")] = None
    ends_at: Annotated[Moment | None, Field(alias="to")] = None
    stand_in: PersonRef | None = None
    reason: Reason = None
