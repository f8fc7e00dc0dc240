"""Rule 8: 24-hour clock, the reader's zone and its word, the date as soon as it is not today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dispatcher.rendering.language import load
from dispatcher.rendering.times import Times
from dispatcher.rendering.zones import offset_word, zone_or_utc, zone_word
from hypothesis import given
from hypothesis import strategies as st

from services.dispatcher.tests.rendering.cast import cet

NOW = cet("09:58")


def times(zone: str = "Europe/Berlin", now: datetime = NOW) -> Times:
    return Times(load("en"), ZoneInfo(zone), now)


def at(moment: datetime, zone: str = "Europe/Berlin", now: datetime = NOW) -> str:
    return str(times(zone, now).at(moment))


def test_today_is_a_clock_time_with_its_zone() -> None:
    assert at(cet("10:30")) == "10:30 CET"


def test_another_day_says_weekday_and_date() -> None:
    assert at(cet("18:00", day=26)) == "Thursday 26 November, 18:00 CET"
    assert times().at(cet("18:00", day=26)).short == "Thu 26 Nov, 18:00 CET"


def test_another_year_says_so() -> None:
    moment = datetime(2027, 1, 7, 8, 0, tzinfo=UTC)

    assert at(moment) == "Thursday 7 January 2027, 09:00 CET"


def test_midnight_always_has_its_date() -> None:
    midnight = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)

    assert at(midnight) == "Tuesday 24 November, 00:00 CET"


def test_the_same_moment_is_another_day_elsewhere() -> None:
    late = cet("23:30")

    assert at(late) == "23:30 CET"
    assert at(late, "Asia/Tokyo") == "Wednesday 25 November, 07:30 JST"
    assert at(late, "America/New_York") == "17:30 EST"


def test_a_zone_without_a_word_of_its_own_shows_its_offset() -> None:
    assert at(NOW, "Asia/Kathmandu") == "14:43 UTC+5:45"
    assert at(NOW, "America/St_Johns") == "05:28 UTC-3:30"
    assert at(NOW, "UTC") == "08:58 UTC"


def test_a_zone_that_does_not_exist_holds_nothing_back() -> None:
    assert zone_or_utc("Mars/Olympus").key == "UTC"
    assert zone_or_utc("../etc/passwd").key == "UTC"
    assert zone_or_utc("").key == "UTC"


@pytest.mark.parametrize(
    ("clock", "written"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02:30 CEST (UTC+2)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "02:30 CET (UTC+1)"),
        (datetime(2026, 10, 25, 20, 0, tzinfo=UTC), "21:00 CET (UTC+1)"),
    ],
)
def test_on_the_day_clocks_go_back_each_time_says_which_one_it_is(
    clock: datetime, written: str
) -> None:
    assert at(clock, now=datetime(2026, 10, 25, 12, 0, tzinfo=UTC)) == written


def test_on_the_day_clocks_go_forward_a_span_names_both_zones() -> None:
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    end = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)

    written = times(now=end).span(start, end).full

    assert written == "01:30 CET (UTC+1) to 03:30 CEST (UTC+2)"
    assert times(now=end).duration(end - start).full == "1 hour"


def test_the_day_after_is_an_ordinary_one() -> None:
    moment = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)

    assert at(moment, now=moment) == "10:00 CET"


def test_a_span_says_what_its_ends_do_not_share() -> None:
    assert times().span(cet("09:52"), cet("15:34")).full == "09:52 to 15:34 CET"
    assert (
        times().span(cet("22:00"), cet("01:00", day=25)).full
        == "22:00 to Wednesday 25 November, 01:00 CET"
    )
    assert (
        times().span(cet("14:00", day=30), cet("14:30", day=30)).full
        == "Monday 30 November, 14:00 to 14:30 CET"
    )


def test_a_changed_time_shows_both() -> None:
    assert times().was_now(cet("14:00"), cet("16:00")) == "was 14:00, now 16:00"
    assert (
        times().was_now(cet("14:00"), cet("09:00", day=25))
        == "was today 14:00, now tomorrow, Wednesday 25 November, 09:00"
    )


@pytest.mark.parametrize(
    ("length", "full", "short"),
    [
        (timedelta(seconds=59), "less than a minute", "less than a minute"),
        (timedelta(minutes=1), "1 minute", "1 min"),
        (timedelta(hours=5, minutes=42, seconds=59), "5 hours 42 minutes", "5 h 42 min"),
        (timedelta(hours=1), "1 hour", "1 h"),
        (timedelta(days=2, minutes=7), "2 days", "2 d"),
        (timedelta(days=1, hours=3, minutes=59), "1 day 3 hours", "1 d 3 h"),
        (timedelta(seconds=-5), "less than a minute", "less than a minute"),
    ],
)
def test_a_duration_is_cut_never_rounded(length: timedelta, full: str, short: str) -> None:
    written = times().duration(length)

    assert (written.full, written.short) == (full, short)


def test_the_foot_says_whose_time_it_is() -> None:
    assert times().zone_line() == "Europe/Berlin (CET, UTC+1)"
    assert times("Asia/Kathmandu").zone_line() == "Asia/Kathmandu (UTC+5:45)"
    assert times("UTC").zone_line() == "UTC"


YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)
ANY_MOMENT = st.integers(min_value=0, max_value=99 * 365 * 1440).map(
    lambda minutes: YEAR_2000 + timedelta(minutes=minutes)
)


@given(ANY_MOMENT, st.sampled_from(sorted(available_timezones())))
def test_every_moment_in_every_zone_can_be_told_apart_by_its_offset(
    moment: datetime, zone: str
) -> None:
    """Reading the written clock with the written offset gives the moment back, to the minute."""
    local = moment.astimezone(ZoneInfo(zone))
    written = str(times(zone, moment).at(moment))
    clock = local.strftime("%H:%M")

    assert clock in written
    assert zone_word(moment, ZoneInfo(zone)) in written
    assert offset_word(moment, ZoneInfo(zone)).startswith("UTC")
