"""What a client is promised: the first word, the next one, and the closing note.

Every moment given here is printed in a message and clocked as printed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tocsin_contracts.directory import ServiceHours, SeverityEntry

from incident_api.promises.hours import into_service_hours

FIVE_MINUTES = timedelta(minutes=5)
ROUNDED_FROM = timedelta(minutes=10)
"""Cadences from here on are promised on full five minutes: "by 10:30" is easier kept in mind."""


def minutes(amount: Decimal) -> timedelta:
    """Decimal minutes to the microsecond: 0.2 is twelve seconds."""
    return timedelta(microseconds=int(amount * 60_000_000))


def cadence_of(entry: SeverityEntry) -> timedelta:
    return minutes(entry.update_every_minutes)


def first_notice_due(
    known_at: datetime, entry: SeverityEntry, hours: ServiceHours | None
) -> datetime:
    """By when the first message is promised, counted from when Tocsin knew."""
    return into_service_hours(known_at + minutes(entry.first_notice_within_minutes), hours)


def next_update_due(
    promised: datetime, entry: SeverityEntry, hours: ServiceHours | None, now: datetime
) -> datetime:
    """The moment to promise next: the last promised one plus the cadence, as often as needed.

    At opening ``promised`` is the first notice's due time. Counting from the promise instead of
    from the message keeps "every half hour" on the half hour.
    """
    return into_service_hours(_step(promised, cadence_of(entry), now), hours)


def due_after_message(
    promised: datetime, entry: SeverityEntry, hours: ServiceHours | None, now: datetime
) -> datetime:
    """The promise once something was said at ``now``.

    A word more than half a cadence early is an extra one and leaves the promise where it is, so
    that however many come, the next one is promised within a cadence and a half.
    """
    if promised - now > cadence_of(entry) / 2:
        return promised
    return next_update_due(promised, entry, hours, now)


def due_after_holding_notice(
    entry: SeverityEntry, hours: ServiceHours | None, now: datetime, *, within: timedelta
) -> datetime:
    """A holding notice says little, so the next word follows ``within`` or the cadence."""
    cadence = min(cadence_of(entry), within)
    return into_service_hours(_step(now, cadence, now), hours)


def restarted_update_due(
    entry: SeverityEntry, hours: ServiceHours | None, now: datetime
) -> datetime:
    """The promise where no earlier one counts: another severity's cadence, or after a reopen."""
    return next_update_due(now, entry, hours, now)


def closure_due(
    resolved_at: datetime, entry: SeverityEntry, hours: ServiceHours | None
) -> datetime | None:
    """By when the closing note is promised; ``None`` where the plan promises none."""
    if entry.closure_within_hours is None:
        return None
    return into_service_hours(resolved_at + minutes(entry.closure_within_hours * 60), hours)


def answer_due(
    asked_at: datetime, entry: SeverityEntry, hours: ServiceHours | None
) -> datetime | None:
    """By when a question is answered; ``None`` where the plan promises no time."""
    if entry.answer_within_minutes is None:
        return None
    return into_service_hours(asked_at + minutes(entry.answer_within_minutes), hours)


def _step(promised: datetime, cadence: timedelta, now: datetime) -> datetime:
    """The first of promised + 1, 2, 3 … cadences that, once rounded, is still to come."""
    steps = max(1, (now - promised) // cadence)
    due = _rounded(promised + steps * cadence, cadence)
    while due <= now:
        steps += 1
        due = _rounded(promised + steps * cadence, cadence)
    return due


def _rounded(moment: datetime, cadence: timedelta) -> datetime:
    """Down to five minutes; every zone in use is whole five minutes off UTC."""
    if cadence < ROUNDED_FROM:
        return moment
    return moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % FIVE_MINUTES
