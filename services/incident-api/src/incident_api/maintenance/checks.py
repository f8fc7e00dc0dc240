"""What is wrong with a window as somebody wants it. Pure: each answer names its field."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import datetime, timedelta

from incident_api.maintenance.moments import reminder_at
from incident_api.web.field_error import FieldError

LONGEST = timedelta(days=31)
"""A year that was mistyped would keep alerts quiet for a year."""


def faults_of_times(
    starts_at: datetime, ends_at: datetime, object_by: datetime | None
) -> Iterator[FieldError]:
    if ends_at <= starts_at:
        yield FieldError("/ends_at", "The work must end after it starts.")
    elif ends_at - starts_at > LONGEST:
        yield FieldError(
            "/ends_at", "A window is at most 31 days long; announce longer work as several windows."
        )
    if object_by is not None and object_by >= starts_at:
        yield FieldError("/object_by", "Objections must be possible before the work starts.")


def faults_of_future(moment: datetime | None, now: datetime, pointer: str) -> Iterator[FieldError]:
    if moment is not None and moment <= now:
        yield FieldError(pointer, "This time has passed already; it must be still to come.")


def faults_of_reminders(
    hours: Sequence[float], starts_at: datetime, now: datetime
) -> Iterator[FieldError]:
    """A reminder that would have been due already reminds nobody."""
    for place, offset in enumerate(hours):
        if offset in hours[:place]:
            yield FieldError(
                f"/remind_hours_before/{place}",
                f"{offset:g} hours stand here twice; once is enough.",
            )
        elif reminder_at(starts_at, offset) <= now:
            yield FieldError(
                f"/remind_hours_before/{place}",
                f"{offset:g} hours before the start have passed already; leave this one out.",
            )


def faults_of_systems(keys: Sequence[str], known: Container[str]) -> Iterator[FieldError]:
    for place, key in enumerate(keys):
        if key not in known:
            yield FieldError(f"/system_keys/{place}", f"The directory has no system '{key}'.")
