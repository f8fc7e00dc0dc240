"""Nobody is woken, on any clock of the world, whatever is done to it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dispatcher.gating.model import Limits, Wait
from dispatcher.gating.quiet_hours import in_quiet_hours, quiet_until
from hypothesis import example, given
from hypothesis import strategies as st
from tocsin_contracts.directory import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(start="22:00", end="07:00")
# Whole hours, half hours, a change at midnight, southern summers, none at all.
zones = st.sampled_from(
    [
        "Europe/Berlin",
        "Europe/Lisbon",
        "America/New_York",
        "America/Havana",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "Africa/Cairo",
        "UTC",
    ]
).map(ZoneInfo)
clocks = st.times().map(lambda clock: f"{clock:%H:%M}")


def quiet(start: str, end: str) -> QuietHours:
    return QuietHours(start=start, end=end)


nights = st.builds(QuietHours, start=clocks, end=clocks)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SPRING = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def reads_quiet(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> bool:
    """What somebody says who looks at the clock on their wall."""
    shows = moment.astimezone(zone).time()
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    if start < end:
        return start <= shows < end
    return start != end and (shows >= start or shows < end)


@given(moments, nights, zones)
@example(SPRING, QuietHours(start="02:30", end="07:00"), BERLIN)
@example(AUTUMN, QuietHours(start="22:00", end="02:30"), BERLIN)
@example(AUTUMN, QuietHours(start="02:30", end="02:29"), BERLIN)
def test_nothing_goes_while_the_readers_clock_shows_a_quiet_time(
    moment: datetime, quiet: QuietHours, zone: ZoneInfo
) -> None:
    if reads_quiet(moment, quiet, zone):
        assert quiet_until(moment, quiet, zone) is not None


@given(moments, nights, zones)
@example(AUTUMN, QuietHours(start="02:30", end="02:29"), BERLIN)
def test_what_waited_goes_when_it_was_told_to(
    moment: datetime, quiet: QuietHours, zone: ZoneInfo
) -> None:
    until = quiet_until(moment, quiet, zone)
    if until is not None:
        assert until > moment
        assert not reads_quiet(until, quiet, zone)
        assert quiet_until(until, quiet, zone) is None


@given(moments, nights, zones)
def test_nobody_is_left_alone_for_longer_than_a_night_and_a_change_of_the_clock(
    moment: datetime, quiet: QuietHours, zone: ZoneInfo
) -> None:
    until = quiet_until(moment, quiet, zone)
    if until is not None and quiet.end != quiet.start:
        start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
        night = (end.hour - start.hour) * 60 + end.minute - start.minute
        allowed = timedelta(minutes=night % (24 * 60)) + timedelta(hours=2)
        assert until - moment <= allowed or allowed > timedelta(hours=23)


@given(moments, clocks, zones)
def test_hours_that_end_as_they_begin_are_none(
    moment: datetime, clock: str, zone: ZoneInfo
) -> None:
    assert quiet_until(moment, QuietHours(start=clock, end=clock), zone) is None


@pytest.mark.parametrize(
    ("moment", "hours", "until"),
    [
        ("2026-11-27T22:40+00:00", NIGHT, "2026-11-28T06:00+00:00"),
        ("2026-11-27T21:00+00:00", NIGHT, "2026-11-28T06:00+00:00"),
        ("2026-11-28T05:59+00:00", NIGHT, "2026-11-28T06:00+00:00"),
        ("2026-11-28T06:00+00:00", NIGHT, None),
        ("2026-11-27T20:59+00:00", NIGHT, None),
        # The night is an hour shorter, and an hour longer.
        ("2027-03-28T00:30+00:00", NIGHT, "2027-03-28T05:00+00:00"),
        ("2026-10-25T00:30+00:00", NIGHT, "2026-10-25T06:00+00:00"),
        # 02:30 is left out: read as if the clock had not been changed yet.
        ("2027-03-28T00:30+00:00", quiet("22:00", "02:30"), "2027-03-28T01:30+00:00"),
        # 02:30 comes twice: the second counts.
        ("2026-10-25T00:40+00:00", quiet("22:00", "02:30"), "2026-10-25T01:30+00:00"),
        ("2026-11-27T11:00+00:00", quiet("12:00", "14:00"), "2026-11-27T13:00+00:00"),
        ("2026-11-27T21:30+00:00", quiet("22:00", "24:00"), "2026-11-27T23:00+00:00"),
    ],
)
def test_berlin(moment: str, hours: QuietHours, until: str | None) -> None:
    expected = datetime.fromisoformat(until) if until else None
    assert quiet_until(datetime.fromisoformat(moment), hours, BERLIN) == expected


def test_the_reason_names_the_moment_on_the_readers_clock_and_whose_hours_they_are() -> None:
    limits = Limits(zone="Asia/Kathmandu", whose="Jo Frei", quiet_hours=NIGHT)
    verdict = in_quiet_hours(limits, datetime(2026, 11, 27, 18, 0, tzinfo=UTC))
    assert isinstance(verdict, Wait)
    assert verdict.why == "waits until 07:00 UTC+5:45: quiet hours of Jo Frei"


def test_a_zone_that_does_not_exist_keeps_nothing_back_for_ever() -> None:
    limits = Limits(zone="Europe/Atlantis", whose="Jo Frei", quiet_hours=NIGHT)
    assert in_quiet_hours(limits, datetime(2026, 11, 27, 12, 0, tzinfo=UTC)) is None
