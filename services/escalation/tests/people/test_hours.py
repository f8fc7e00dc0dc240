"""Hours on a wall clock, through the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from escalation.people.hours import WEEKDAYS, is_open, next_opening, spans
from hypothesis import given, settings
from hypothesis import strategies as st
from tocsin_contracts.policies import Hours

from services.escalation.tests.people.wall_clock import CHANGES, MINUTE, open_minutes, wall_of

clock_times = st.one_of(
    st.builds("{:02}:{:02}".format, st.integers(0, 4), st.integers(0, 59)),
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 30])),
)
weeks = st.dictionaries(st.integers(0, 6), st.tuples(clock_times, clock_times), min_size=1)
reading = settings(deadline=None, max_examples=150)


def hours_of(zone: str, days: dict[int, tuple[str, str]]) -> Hours:
    return Hours(timezone=zone, days={WEEKDAYS[day]: span for day, span in days.items()})


@reading
@given(st.sampled_from(sorted(CHANGES)), weeks, st.integers(-30 * 60, 30 * 60))
def test_it_is_open_when_the_clock_on_the_wall_says_so(
    change: tuple[str, datetime], days: dict[int, tuple[str, str]], minute: int
) -> None:
    wall, now = wall_of(*change), change[1] + minute * MINUTE
    at = int((now - wall.begins) / MINUTE)

    assert is_open(hours_of(change[0], days), now) == (at in open_minutes(wall, days))


@reading
@given(st.sampled_from(sorted(CHANGES)), weeks, st.integers(-30 * 60, 10 * 60))
def test_the_next_opening_is_the_first_minute_that_is_open(
    change: tuple[str, datetime], days: dict[int, tuple[str, str]], minute: int
) -> None:
    wall, now = wall_of(*change), change[1] + minute * MINUTE
    at = int((now - wall.begins) / MINUTE)
    ahead = [n for n in open_minutes(wall, days) if n >= at]
    found = next_opening(hours_of(change[0], days), now)

    assert found is not None
    if ahead:
        assert found == wall.begins + min(ahead) * MINUTE
    else:
        assert found > change[1] + timedelta(hours=36)


def test_in_the_night_that_lasts_an_hour_longer_both_hours_count() -> None:
    night = Hours(timezone="Europe/Berlin", days={"sat": ("22:00", "02:30")})
    saturday, sunday = datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)

    assert [span for span in spans(night, saturday, sunday) if span[1] > saturday] == [
        (saturday.replace(hour=20), sunday.replace(hour=1, minute=30))
    ]


def test_an_opening_at_a_time_that_does_not_exist_is_later_by_the_gap() -> None:
    morning = Hours(timezone="Europe/Berlin", days={"sun": ("02:30", "12:00")})
    sunday = datetime(2027, 3, 28, tzinfo=UTC)

    assert not is_open(morning, sunday.replace(hour=1, minute=29))
    assert is_open(morning, sunday.replace(hour=1, minute=30))


def test_a_whole_day_ends_at_24_00() -> None:
    monday = Hours(timezone="UTC", days={"mon": ("00:00", "24:00")})
    begins = datetime(2026, 11, 23, tzinfo=UTC)

    assert [is_open(monday, begins + timedelta(hours=h)) for h in (-1, 0, 23, 24)] == [
        False,
        True,
        True,
        False,
    ]


def test_without_a_day_it_never_opens() -> None:
    closed = Hours(timezone="Europe/Berlin", days={})

    assert next_opening(closed, datetime(2026, 11, 24, tzinfo=UTC)) is None


def test_a_timezone_nobody_knows_is_read_as_utc() -> None:
    hours = Hours(timezone="Mars/Olympus", days={"tue": ("08:00", "18:00")})

    assert is_open(hours, datetime(2026, 11, 24, 9, tzinfo=UTC))
