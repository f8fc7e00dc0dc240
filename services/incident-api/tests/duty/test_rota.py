"""A weekly rota: whose turn it is, on its own clock, also when that clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.directory.duty_entries import DutyEntry
from incident_api.duty.coverage import gaps, overlaps
from incident_api.duty.rota import overridden, spans_of
from tocsin_contracts.staff import DutySpan

NIGHTS = [
    {"from": "mon 18:00", "to": "tue 08:00", "people": ["ann", "tom"]},
    {"from": "fri 18:00", "to": "mon 08:00", "people": ["kim"]},
]


def rota(shifts: list[dict[str, Any]], starting: str = "2026-11-23", **fields: Any) -> DutyEntry:
    return DutyEntry.model_validate({"starting": starting, "shifts": shifts, **fields})


def spans(duty: DutyEntry, first: str, last: str, zone: str = "Europe/Berlin") -> list[DutySpan]:
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, last))
    found = spans_of(duty, zone, begin, end)
    return list(overridden(found, duty.overrides, duty.timezone or zone, begin, end))


def told(found: list[DutySpan]) -> list[tuple[str, str, str]]:
    return [(s.person, f"{s.starts_at:%m-%d %H:%M}", f"{s.ends_at:%m-%d %H:%M}") for s in found]


def test_people_of_a_shift_take_turns_from_week_to_week() -> None:
    found = told(spans(rota(NIGHTS), "2026-11-23", "2026-12-08"))
    assert found == [
        ("ann", "11-23 17:00", "11-24 07:00"),
        ("kim", "11-27 17:00", "11-30 07:00"),
        ("tom", "11-30 17:00", "12-01 07:00"),
        ("kim", "12-04 17:00", "12-07 07:00"),
        ("ann", "12-07 17:00", "12-08 07:00"),
    ]


def test_before_its_first_day_nobody_is_on_duty_by_it() -> None:
    assert spans(rota(NIGHTS, starting="2026-12-01"), "2026-11-23", "2026-12-01") == []


def test_weeks_are_counted_from_the_day_on_which_it_starts() -> None:
    """Started on a Wednesday, the Monday six days later still belongs to the first week."""
    duty = rota([{"from": "mon 09:00", "to": "mon 17:00", "people": ["ann", "tom"]}], "2026-11-25")
    assert [s.person for s in spans(duty, "2026-11-25", "2026-12-15")] == ["ann", "tom", "ann"]


def test_from_and_to_the_same_is_the_whole_week() -> None:
    duty = rota([{"from": "mon 09:00", "to": "mon 09:00", "people": ["ann", "tom"]}])
    assert told(spans(duty, "2026-11-24", "2026-12-01")) == [
        ("ann", "11-23 08:00", "11-30 08:00"),
        ("tom", "11-30 08:00", "12-07 08:00"),
    ]


def test_who_stands_in_for_a_night_is_alone_on_duty_then() -> None:
    override = {"from": "2026-11-23T20:00", "to": "2026-11-24T02:00", "person": "tom"}
    assert told(spans(rota(NIGHTS, overrides=[override]), "2026-11-23", "2026-11-25")) == [
        ("ann", "11-23 17:00", "11-23 19:00"),
        ("tom", "11-23 19:00", "11-24 01:00"),
        ("ann", "11-24 01:00", "11-24 07:00"),
    ]


def test_of_two_overrides_at_once_the_later_one_counts() -> None:
    whole = {"from": "2026-11-23T12:00", "to": "2026-11-24T12:00", "person": "tom"}
    part = {"from": "2026-11-23T22:00+01:00", "to": "2026-11-23T23:00+01:00", "person": "kim"}
    found = spans(rota(NIGHTS, overrides=[whole, part]), "2026-11-23", "2026-11-25")
    assert [s.person for s in found] == ["tom", "kim", "tom"]


def test_overrides_of_another_time_are_not_looked_at() -> None:
    long_ago = {"from": "2020-11-23T20:00", "to": "2020-11-24T02:00", "person": "tom"}
    far_ahead = {"from": "2036-11-23T20:00", "to": "2036-11-24T02:00", "person": "tom"}
    duty = rota(NIGHTS, overrides=[long_ago, far_ahead])
    assert [s.person for s in spans(duty, "2026-11-23", "2026-11-25")] == ["ann"]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-28", 13),
        ("Europe/Berlin", "2026-10-24", 15),
        ("America/New_York", "2026-03-07", 13),
        ("America/New_York", "2026-10-31", 15),
        ("Australia/Lord_Howe", "2026-10-03", 13.5),
        ("Australia/Lord_Howe", "2026-04-04", 14.5),
    ],
)
def test_a_night_is_as_long_as_the_clock_makes_it(zone: str, day: str, hours: float) -> None:
    shift = {"from": "sat 18:00", "to": "sun 08:00", "people": ["ann"]}
    first = date.fromisoformat(day)
    (night,) = spans(
        rota([shift], day, timezone=zone), day, (first + timedelta(days=2)).isoformat()
    )
    assert night.ends_at - night.starts_at == timedelta(hours=hours)
    local = night.starts_at.astimezone(ZoneInfo(zone)), night.ends_at.astimezone(ZoneInfo(zone))
    assert [f"{moment:%H:%M}" for moment in local] == ["18:00", "08:00"]


def test_a_change_of_duty_in_the_hour_that_is_left_out_leaves_nobody_out() -> None:
    shifts = [
        {"from": "sat 18:00", "to": "sun 02:30", "people": ["ann"]},
        {"from": "sun 02:30", "to": "sun 08:00", "people": ["tom"]},
    ]
    first, second = spans(rota(shifts, "2026-03-28"), "2026-03-28", "2026-03-30")
    assert first.ends_at == second.starts_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_change_of_duty_in_the_hour_that_comes_twice_is_its_first() -> None:
    shifts = [
        {"from": "sat 18:00", "to": "sun 02:30", "people": ["ann"]},
        {"from": "sun 02:30", "to": "sun 08:00", "people": ["tom"]},
    ]
    first, second = spans(rota(shifts, "2026-10-24"), "2026-10-24", "2026-10-26")
    assert first.ends_at == second.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


WEEKLY = st.tuples(
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    st.times(min_value=datetime.min.time()).map(lambda clock: f"{clock:%H:%M}"),
).map(" ".join)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]
)


@given(
    st.lists(WEEKLY, min_size=1, max_size=6, unique=True),
    ZONES,
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(0, 200),
)
def test_a_rota_round_the_clock_has_always_exactly_one_on_duty(
    changes: list[str], zone: str, starting: date, weeks_later: int
) -> None:
    """Whenever people change over, and whatever the clocks do meanwhile."""
    order = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    changes = sorted(changes, key=lambda one: (order.index(one[:3]), one[4:]))
    after = [*changes[1:], changes[0]]
    shifts = [
        {"from": begin, "to": end, "people": [f"p{place}", f"q{place}", f"r{place}"]}
        for place, (begin, end) in enumerate(zip(changes, after, strict=True))
    ]
    duty = rota(shifts, starting.isoformat(), timezone=zone)
    start = datetime.combine(starting, datetime.min.time(), UTC)
    start += timedelta(weeks=2 + weeks_later)
    end = start + timedelta(weeks=3)
    found = spans_of(duty, "UTC", start, end)
    assert gaps(found, start, end) == []
    assert overlaps(found, start, end) == []


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=5),
    st.integers(0, 200),
)
def test_in_an_override_its_person_is_on_duty_and_nobody_else(
    written: list[tuple[int, int]], hour: int
) -> None:
    base = datetime(2026, 11, 23)  # noqa: DTZ001 — on the rota's own clock
    overrides = [
        {
            "from": (base + timedelta(hours=begin)).isoformat(),
            "to": (base + timedelta(hours=begin + length)).isoformat(),
            "person": f"o{place}",
        }
        for place, (begin, length) in enumerate(written)
    ]
    duty = rota(NIGHTS, overrides=overrides, timezone="UTC")
    at = base.replace(tzinfo=UTC) + timedelta(hours=hour, minutes=30)
    found = spans(duty, "2026-11-23", "2026-12-20", "UTC")
    on_duty = [s.person for s in found if s.starts_at <= at < s.ends_at]
    covering = [f"o{i}" for i, (b, n) in enumerate(written) if b <= hour < b + n]
    if covering:
        assert on_duty == covering[-1:]
    else:
        assert not any(person.startswith("o") for person in on_duty)
