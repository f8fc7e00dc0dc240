"""How reports count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.reporting.counting import Judged, judged, percentile, time_affected
from incident_api.reporting.months import Month, month_of, read_month

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_hundred_percent_means_every_single_one() -> None:
    assert Judged(9999, 1).percent == 99.9
    assert Judged(5, 0).percent == 100.0
    assert Judged(0, 0).percent is None


def test_what_is_pending_or_at_risk_is_neither_kept_nor_broken() -> None:
    counted = judged({"kept": 3, "breached": 1, "pending": 7, "at_risk": 2})
    assert (counted.kept, counted.broken) == (3, 1)


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile({10: 1, 20: 1, 30: 1, 40: 1}, 0.5) == 20
    assert percentile({10: 19, 900: 1}, 0.95) == 10
    assert percentile({10: 18, 900: 2}, 0.95) == 900
    assert percentile({}, 0.5) is None


@given(st.lists(st.integers(0, 1000), min_size=1), st.sampled_from([0.5, 0.95]))
def test_at_least_that_share_is_no_greater(values: list[int], share: float) -> None:
    counts = {value: values.count(value) for value in values}
    found = percentile(counts, share)
    assert found is not None
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def span(start: int, end: int) -> tuple[datetime, datetime]:
    return NOON + timedelta(minutes=start), NOON + timedelta(minutes=end)


def test_overlapping_outages_count_once() -> None:
    assert time_affected([span(0, 60), span(30, 90), span(40, 50)]) == timedelta(minutes=90)
    assert time_affected([span(100, 110), span(0, 10)]) == timedelta(minutes=20)
    assert time_affected([]) == timedelta()


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=8))
def test_it_is_the_number_of_minutes_in_which_something_was_down(
    outages: list[tuple[int, int]],
) -> None:
    minutes = {minute for start, length in outages for minute in range(start, start + length)}
    spans = [span(start, start + length) for start, length in outages]
    assert time_affected(spans) == timedelta(minutes=len(minutes))


def test_a_month_is_that_of_the_clients_clock() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    assert month_of(datetime(2026, 10, 31, 12, tzinfo=UTC), auckland) == Month(2026, 11)
    assert Month(2026, 11).begins(auckland) == datetime(2026, 10, 31, 11, tzinfo=UTC)
    assert Month(2026, 12).next == Month(2027, 1)
    berlin = ZoneInfo("Europe/Berlin")
    length = Month(2026, 10).ends(berlin) - Month(2026, 10).begins(berlin)
    assert length == timedelta(days=31, hours=1)  # clocks went back on the 25th


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-11", "2026-11-01", "", "9999-12", "x"])
def test_what_is_no_month(text: str) -> None:
    assert read_month(text) is None
