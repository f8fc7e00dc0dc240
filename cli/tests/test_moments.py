"""The moment that is meant by what people say."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tocsin_cli.api import Refused
from tocsin_cli.moments import moment

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


def said(text: str, now: datetime = TUESDAY) -> str:
    return moment(text, BERLIN, now).isoformat()


def test_now_is_now() -> None:
    assert moment("now", BERLIN, TUESDAY) == TUESDAY


@pytest.mark.parametrize("text", ["sunday 02:00", "Sun 2:00", " sun  02:00 "])
def test_the_next_weekday_of_that_name(text: str) -> None:
    assert said(text) == "2026-11-29T02:00:00+01:00"


def test_today_while_it_is_ahead_else_a_week_from_now() -> None:
    assert said("tue 12:00") == "2026-11-24T12:00:00+01:00"
    assert said("tue 11:00") == "2026-12-01T11:00:00+01:00"


def test_the_offset_is_that_of_the_day() -> None:
    before_the_change = datetime(2027, 3, 26, 10, tzinfo=UTC)
    assert said("sat 02:30", before_the_change) == "2027-03-27T02:30:00+01:00"
    assert said("mon 02:30", before_the_change) == "2027-03-29T02:30:00+02:00"


def test_a_time_with_its_offset_stays_as_it_is() -> None:
    assert said("2026-11-29T02:00-05:00") == "2026-11-29T02:00:00-05:00"
    assert said("2026-11-29T02:00") == "2026-11-29T02:00:00+01:00"


@pytest.mark.parametrize("text", ["", "su 02:00", "sunday", "sunday 24:00", "02:00", "noon"])
def test_what_is_unclear_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no moment"):
        said(text)
