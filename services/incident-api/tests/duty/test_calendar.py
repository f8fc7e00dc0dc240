"""What a duty calendar says, whoever wrote it, and whom of a team it means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from incident_api.directory.entries import MemberEntry
from incident_api.duty.calendar import CalendarEvent, Unreadable, events_in
from incident_api.duty.matching import people_meant, strangers

START, END = datetime(2026, 10, 23, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)
ANN = MemberEntry(key="ann", name="Ann Weiss", email="ann@nordlicht.example")
TOM = MemberEntry(name="Tom Klein", email="tom@nordlicht.example")
TEAM = (ANN, TOM)


def calendar(*events: str, head: str = "") -> bytes:
    own = "".join(
        f"BEGIN:VEVENT\r\nUID:{place}\r\n{event.strip()}\r\nEND:VEVENT\r\n".replace("\n ", "\r\n")
        for place, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{own}END:VCALENDAR\r\n".encode()


def event(**fields: str) -> str:
    return "\r\n".join(f"{name.replace('_', '-')}{value}" for name, value in fields.items())


def read(raw: bytes, timezone: str | None = None) -> list[tuple[str, str, str]]:
    found = events_in(raw, timezone, "UTC", START, END)
    return [(e.summary, f"{e.starts_at:%m-%d %H:%M}", f"{e.ends_at:%m-%d %H:%M}") for e in found]


def test_a_weekly_duty_keeps_its_hour_when_the_clocks_change() -> None:
    weekly = event(
        DTSTART=";TZID=Europe/Berlin:20261019T180000",
        DTEND=";TZID=Europe/Berlin:20261020T080000",
        RRULE=":FREQ=WEEKLY;COUNT=4",
        EXDATE=";TZID=Europe/Berlin:20261102T180000",
        SUMMARY=":Ann",
    )
    assert read(calendar(weekly)) == [
        ("Ann", "10-26 17:00", "10-27 07:00"),
        ("Ann", "11-09 17:00", "11-10 07:00"),
    ]


def test_one_night_that_was_swapped_is_told_as_swapped() -> None:
    weekly = event(
        DTSTART=":20261026T170000Z",
        DTEND=":20261027T070000Z",
        RRULE=":FREQ=WEEKLY;COUNT=2",
        SUMMARY=":Ann",
    )
    swapped = event(
        RECURRENCE_ID=":20261102T170000Z",
        DTSTART=":20261102T200000Z",
        DTEND=":20261103T070000Z",
        SUMMARY=":Tom",
    )
    raw = calendar(weekly, swapped).replace(b"UID:1", b"UID:0")
    assert read(raw) == [
        ("Ann", "10-26 17:00", "10-27 07:00"),
        ("Tom", "11-02 20:00", "11-03 07:00"),
    ]


@pytest.mark.parametrize(
    ("own", "head", "starts"),
    [
        (None, "", "10-24 00:00"),
        (None, "X-WR-TIMEZONE:Europe/Berlin\r\n", "10-23 22:00"),
        ("America/New_York", "X-WR-TIMEZONE:Europe/Berlin\r\n", "10-24 04:00"),
        (None, "X-WR-TIMEZONE:Nowhere/Land\r\n", "10-24 00:00"),
    ],
)
def test_whole_days_begin_at_midnight_of_the_teams_clock_or_the_calendars(
    own: str | None, head: str, starts: str
) -> None:
    day = event(DTSTART=";VALUE=DATE:20261024", DTEND=";VALUE=DATE:20261025", SUMMARY=":Ann")
    ((_, found, _),) = read(calendar(day, head=head), own)
    assert found == starts


def test_what_was_cancelled_is_no_duty() -> None:
    off = event(
        DTSTART=":20261026T170000Z", DTEND=":20261027T070000Z", STATUS=":CANCELLED", SUMMARY=":Ann"
    )
    assert read(calendar(off)) == []


def test_a_calendar_without_events_is_one() -> None:
    assert read(calendar()) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><body>Please sign in</body></html>",
        b"\xff\xfe\x00\x00",
        b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n",
        calendar(event(DTSTART=":soon", SUMMARY=":x")),
        calendar(event(DTSTART=":20261026T170000Z", RRULE=":FREQ=SECONDLY", SUMMARY=":x")),
        calendar(event(DTSTART=":20261026T170000Z", RRULE=":FREQ=NEVERLY", SUMMARY=":x")),
        calendar(*[event(DTSTART=":19000101T170000Z", RRULE=":FREQ=HOURLY", SUMMARY=":x")] * 2),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5001 + b"END:VCALENDAR\r\n",
    ],
    ids=[
        "nothing",
        "a page",
        "bytes",
        "an event",
        "no date",
        "too often",
        "no rule",
        "too long",
        "too many",
    ],
)
def test_what_is_no_calendar_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^it "):
        read(raw)


EVERY_SECOND = ";".join(
    f"{part}={','.join(map(str, range(most)))}"
    for part, most in (("BYHOUR", 24), ("BYMINUTE", 60), ("BYSECOND", 60))
)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=HOURLY", "more often than daily"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        (f"FREQ=DAILY;{EVERY_SECOND}", "too often"),
    ],
)
def test_no_later_event_makes_up_for_one_that_repeats_too_often(rule: str, why: str) -> None:
    often = event(DTSTART=":20261101T000000Z", RRULE=f":{rule}", SUMMARY=":x")
    later = event(DTSTART=":99980101T000000Z", RRULE=":FREQ=DAILY", SUMMARY=":x")
    with pytest.raises(Unreadable, match=why):
        read(calendar(often, later))


def test_long_events_that_pile_up_are_refused() -> None:
    years = event(
        DTSTART=":20200101T000000Z", DTEND=":20300101T000000Z", RRULE=":FREQ=DAILY", SUMMARY=":x"
    )
    with pytest.raises(Unreadable, match="go on at once"):
        read(calendar(*[years] * 300))


def said(title: str, *invited: str) -> CalendarEvent:
    return CalendarEvent(START, END, title, invited)


@pytest.mark.parametrize(
    ("found", "people"),
    [
        (said("Duty", "ann@nordlicht.example"), ("ann",)),
        (said("Ann Weiss", "tom@nordlicht.example"), ("tom@nordlicht.example",)),
        (said("On Call - Ann Weiss - Primary"), ("ann",)),
        (said("[L1] ann"), ("ann",)),
        (said("tom@nordlicht.example (on call)"), ("tom@nordlicht.example",)),
        (said("ann weiss / TOM KLEIN"), ("ann", "tom@nordlicht.example")),
        (said("Hannah"), ()),
        (said("ann@elsewhere.example"), ()),
        (said("Duty", "stranger@elsewhere.example"), ()),
    ],
)
def test_an_event_means_whoever_is_invited_or_named(
    found: CalendarEvent, people: tuple[str, ...]
) -> None:
    assert people_meant(found, TEAM) == people


def test_who_declined_is_not_invited() -> None:
    raw = calendar(
        event(
            DTSTART=":20261026T170000Z",
            DTEND=":20261027T070000Z",
            SUMMARY=":Duty",
            ATTENDEE=";PARTSTAT=DECLINED:mailto:ann@nordlicht.example\r\n"
            "ATTENDEE:MAILTO:Tom@Nordlicht.Example",
        )
    )
    (found,) = events_in(raw, None, "UTC", START, END)
    assert people_meant(found, TEAM) == ("tom@nordlicht.example",)


def test_titles_that_name_nobody_we_know_are_told_once() -> None:
    events: list[Any] = [said("Hannah"), said("Hannah"), said("Ann Weiss"), said("Paul")]
    assert strangers(events, TEAM) == ("Hannah", "Paul")
