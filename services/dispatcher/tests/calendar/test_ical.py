"""An invitation as the reader's calendar parses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dispatcher.calendar.ical import ical
from dispatcher.calendar.model import Invite, Method, Person
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)
INVITE = Invite(
    uid="0193.acme@tocsin",
    sequence=2,
    method=Method.REQUEST,
    stamp=datetime(2026, 11, 24, 8, 52, tzinfo=UTC),
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=3),
    zone=BERLIN,
    summary="Mail EU: planned maintenance [MNT-318]",
    organizer=Person("Nordlicht IT", "status@nordlicht.example"),
    attendee=Person("Jo Frei", "jo@acme.example"),
    description="Mail is out for up to 20 minutes.",
    location="by video",
)


def event_of(invite: Invite) -> Any:
    calendar = Calendar.from_ical(ical(invite))
    (event,) = calendar.walk("VEVENT")
    return event


def test_it_reads_back_as_it_was_meant() -> None:
    calendar = Calendar.from_ical(ical(INVITE))
    assert (calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "2.0")
    event = event_of(INVITE)
    assert (event["UID"], event["SEQUENCE"]) == ("0193.acme@tocsin", 2)
    assert event["DTSTAMP"].dt == INVITE.stamp
    assert event["ORGANIZER"] == "mailto:status@nordlicht.example"
    assert event["ORGANIZER"].params["CN"] == "Nordlicht IT"
    assert event["ATTENDEE"] == "mailto:jo@acme.example"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["STATUS"] == "CONFIRMED"
    assert (event["SUMMARY"], event["LOCATION"]) == (INVITE.summary, "by video")


def test_a_cancellation_names_the_same_entry() -> None:
    text = ical(replace(INVITE, method=Method.CANCEL))
    assert Calendar.from_ical(text)["METHOD"] == "CANCEL"
    event = event_of(replace(INVITE, method=Method.CANCEL))
    assert (event["UID"], event["STATUS"]) == ("0193.acme@tocsin", "CANCELLED")


@pytest.mark.parametrize(
    ("zone", "starts_at", "written"),
    [
        # The night the clocks go back: 02:30 is there twice, and the second one is meant.
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "20261025T023000"),
        ("Europe/Berlin", datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "20270328T033000"),
        ("America/New_York", datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "20261231T180000"),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 16, 0, tzinfo=UTC), "20261004T030000"),
        ("Asia/Kolkata", datetime(2026, 12, 5, 21, 0, tzinfo=UTC), "20261206T023000"),
    ],
)
def test_the_readers_own_clock_is_written_and_described(
    zone: str, starts_at: datetime, written: str
) -> None:
    text = ical(
        replace(
            INVITE,
            zone=ZoneInfo(zone),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=4),
        )
    )
    assert f"DTSTART;TZID={zone}:{written}" in text
    assert f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n" in text


def offset_by(text: str, local: datetime) -> timedelta:
    """By the object's own VTIMEZONE alone, as a program without our zone database reads it."""
    described: Any = Calendar.from_ical(text)
    (zone,) = described.walk("VTIMEZONE")
    changes = []
    for part in zone.subcomponents:
        moments = [part["DTSTART"].dt]
        if "RDATE" in part:
            given_dates = part["RDATE"]
            lists = given_dates if isinstance(given_dates, list) else [given_dates]
            moments += [one.dt for dates in lists for one in dates.dts]
        changes += [(moment.replace(tzinfo=None), part["TZOFFSETTO"].td) for moment in moments]
    found: timedelta = max(change for change in changes if change[0] <= local)[1]
    return found


@settings(deadline=None)
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Europe/Dublin", "America/New_York", "Africa/Casablanca", "Asia/Tehran"]
    ),
    hours=st.integers(min_value=0, max_value=24 * 365 * 3),
)
def test_the_zone_that_goes_along_leads_back_to_the_same_moment(zone: str, hours: int) -> None:
    """Wherever the clock is not ambiguous, which no VTIMEZONE can resolve."""
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    local = starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    both = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}
    if len(both) > 1:
        return
    text = ical(replace(INVITE, zone=ZoneInfo(zone), starts_at=starts_at, ends_at=starts_at))
    assert local - offset_by(text, local) == starts_at.replace(tzinfo=None)


def test_another_reader_finds_it_on_its_day_and_on_no_other() -> None:
    calendar = Calendar.from_ical(ical(INVITE))
    found = recurring_ical_events.of(calendar).at((2026, 12, 5))
    assert [event["UID"] for event in found] == [INVITE.uid]
    assert recurring_ical_events.of(calendar).at((2026, 12, 4)) == []


NASTY = (
    'Müller, "Söhne"; <b>&</b>\nBEGIN:VALARM\r\nATTENDEE:mailto:eve@evil.example\x00\\n ' + "ü" * 90
)


def test_what_people_write_stays_text() -> None:
    text = ical(
        replace(
            INVITE,
            summary=NASTY,
            description=NASTY,
            location=NASTY,
            organizer=Person(NASTY, "status@nordlicht.example"),
            attendee=Person(NASTY, "jo@acme.example"),
            further=(("X-MAINTNOTE-PROVIDER", NASTY),),
        )
    )
    calendar: Any = Calendar.from_ical(text)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    (event,) = calendar.walk("VEVENT")
    assert event.subcomponents == []
    assert event["ATTENDEE"] == "mailto:jo@acme.example"
    said = event["DESCRIPTION"]
    assert said == NASTY.replace("\r\n", "\n").replace("\x00", "")
    assert "\n" not in event["SUMMARY"]
    assert event["SUMMARY"].startswith('Müller, "Söhne"; <b>&</b> BEGIN:VALARM ATTENDEE')
    unfolded = text.replace("\r\n ", "")
    assert 'X-MAINTNOTE-PROVIDER:Müller\\, "Söhne"\\; <b>' in unfolded


def test_no_line_is_longer_than_75_octets_and_each_ends_in_cr_lf() -> None:
    raw = ical(replace(INVITE, summary=NASTY, description=NASTY * 20)).encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@settings(deadline=None)
@given(text=st.text(min_size=1, max_size=400))
def test_any_text_comes_back_or_is_cleaned_of_control_characters(text: str) -> None:
    event = event_of(replace(INVITE, description=f"a{text}b", summary=f"a{text}b"))
    assert event["DESCRIPTION"].startswith("a")
    assert event["DESCRIPTION"].endswith("b")
    assert event["SUMMARY"].endswith("b")


def test_in_utc_no_zone_needs_to_be_described() -> None:
    text = ical(replace(INVITE, zone=ZoneInfo("UTC")))
    assert "DTSTART:20261205T210000Z" in text
    assert "VTIMEZONE" not in text
