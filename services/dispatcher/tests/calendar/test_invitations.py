"""Which mails invite, and to what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dispatcher.calendar.ical import ical
from dispatcher.calendar.invitations import Mailing, invitation
from dispatcher.calendar.model import Invite, Method, Person
from dispatcher.rendering.facts import (
    ClientFacts,
    ClosureFacts,
    MaintenanceFacts,
    MeetingFacts,
    ProviderFacts,
)
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import reading_for
from icalendar import Calendar
from tocsin_contracts.incident import FollowUp, IncidentSnapshot, MaintenanceSnapshot
from tocsin_contracts.words import (
    ImpactLevel,
    Kind,
    MaintenanceStatus,
    Severity,
    Status,
    Visibility,
)

NOW = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=3)
MAILING = Mailing(
    sender="status@nordlicht.example",
    to=Person("Jo Frei", "jo@acme.example"),
    subject="Mail EU: planned maintenance [MNT-318]",
)
MEETING = FollowUp(
    starts_at=datetime(2026, 11, 30, 13, 0, tzinfo=UTC),
    duration_minutes=30,
    location="https://meet.nordlicht.example/acme",
    organizer_email="ann@nordlicht.example",
)


def window(**given: Any) -> MaintenanceSnapshot:
    values: dict[str, Any] = {
        "id": "0193-window",
        "ref": "MNT-318",
        "sequence": 1,
        "title": "Replace a part",
        "status": MaintenanceStatus.SCHEDULED,
        "system_keys": ("storage-eu",),
        "starts_at": STARTS,
        "ends_at": ENDS,
        "impact": "Mail is out for **up to 20 minutes**.",
        "impact_level": ImpactLevel.DOWN,
        "preparation": "Please do not plan mailings.",
    }
    return MaintenanceSnapshot(**{**values, **given})


def incident() -> IncidentSnapshot:
    return IncidentSnapshot(
        id="0193-incident",
        ref="INC-2041",
        sequence=9,
        title="disk",
        severity=Severity.SEV1,
        status=Status.CLOSED,
        visibility=Visibility.PUBLISHED,
        routed=True,
        started_at=NOW,
        known_at=NOW,
    )


def notice(kind: Kind, **given: Any) -> Notice:
    values: dict[str, Any] = {
        "id": "n",
        "kind": kind,
        "at": NOW,
        "provider": ProviderFacts(
            name="Nordlicht IT", timezone="Europe/Berlin", desk_phone="+49 30 23125 100"
        ),
        "client": ClientFacts(key="acme", name="ACME GmbH", timezone="Europe/Berlin"),
        "systems": ("Mail EU",),
        "system_keys": ("mail-eu",),
    }
    return Notice(**{**values, **given})


def of_work(kind: Kind, facts: MaintenanceFacts) -> Invite | None:
    made = notice(kind, maintenance=facts)
    return invitation(made, reading_for(made, None, None), MAILING)


def of_outage(**given: Any) -> Invite | None:
    made = notice(Kind.CLOSURE, incident=incident(), **given)
    return invitation(made, reading_for(made, None, None), MAILING)


def closure(meeting: FollowUp | None) -> ClosureFacts:
    return ClosureFacts(root_cause="c", steps_taken="s", prevention="p", follow_up=meeting)


def test_announced_work_asks_for_no_answer_and_leaves_the_time_free() -> None:
    invite = of_work(Kind.MAINTENANCE_ANNOUNCED, MaintenanceFacts(window=window()))
    assert invite is not None
    assert (invite.method, invite.sequence, invite.answer) == (Method.REQUEST, 0, False)
    assert invite.description == (
        "Mail is out for up to 20 minutes.\n\nPlease do not plan mailings.\n\n"
        "Nordlicht IT, +49 30 23125 100, MNT-318"
    )
    (event,) = Calendar.from_ical(ical(invite)).walk("VEVENT")
    assert (event["TRANSP"], event["ATTENDEE"].params["RSVP"]) == ("TRANSPARENT", "FALSE")


def test_machines_read_which_of_their_services_is_concerned_and_how() -> None:
    invite = of_work(Kind.MAINTENANCE_ANNOUNCED, MaintenanceFacts(window=window()))
    assert invite is not None
    (event,) = Calendar.from_ical(ical(invite)).walk("VEVENT")
    read = {name: str(event[name]) for name in event if name.startswith("X-MAINTNOTE")}
    assert read == {
        "X-MAINTNOTE-PROVIDER": "nordlicht.example",
        "X-MAINTNOTE-ACCOUNT": "acme",
        "X-MAINTNOTE-MAINTENANCE-ID": "MNT-318",
        "X-MAINTNOTE-OBJECT-ID": "mail-eu",
        "X-MAINTNOTE-IMPACT": "OUTAGE",
        "X-MAINTNOTE-STATUS": "CONFIRMED",
    }


@pytest.mark.parametrize(
    ("level", "impact"),
    [
        (ImpactLevel.DEGRADED, "DEGRADED"),
        (ImpactLevel.PARTIAL, "DEGRADED"),
        (ImpactLevel.DOWN, "OUTAGE"),
        (None, "OUTAGE"),
    ],
)
def test_an_effect_nobody_named_counts_as_the_worst(level: ImpactLevel | None, impact: str) -> None:
    facts = MaintenanceFacts(window=window(impact_level=level))
    invite = of_work(Kind.MAINTENANCE_ANNOUNCED, facts)
    assert invite is not None
    assert ("X-MAINTNOTE-IMPACT", impact) in invite.further


def test_moved_and_called_off_it_stays_the_same_entry() -> None:
    first = of_work(Kind.MAINTENANCE_ANNOUNCED, MaintenanceFacts(window=window()))
    moved = of_work(
        Kind.MAINTENANCE_RESCHEDULED,
        MaintenanceFacts(
            window=window(starts_at=STARTS + timedelta(days=7), calendar_sequence=1),
            starts_before=STARTS,
            ends_before=ENDS,
        ),
    )
    cancelled = of_work(
        Kind.MAINTENANCE_CANCELLED,
        MaintenanceFacts(window=window(status=MaintenanceStatus.CANCELLED, calendar_sequence=2)),
    )
    assert first is not None
    assert moved is not None
    assert cancelled is not None
    assert first.uid == moved.uid == cancelled.uid == "0193-window.acme@tocsin"
    assert [i.sequence for i in (first, moved, cancelled)] == [0, 1, 2]
    assert [i.method for i in (first, moved, cancelled)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert ("X-MAINTNOTE-STATUS", "CANCELLED") in cancelled.further


@pytest.mark.parametrize(
    "kind", [Kind.MAINTENANCE_REMINDER, Kind.MAINTENANCE_STARTED, Kind.MAINTENANCE_ENDED]
)
def test_what_stands_in_the_calendar_already_is_not_sent_again(kind: Kind) -> None:
    assert of_work(kind, MaintenanceFacts(window=window())) is None


def test_an_end_that_moved_under_way_lengthens_the_entry() -> None:
    under_way = {"status": MaintenanceStatus.IN_PROGRESS, "calendar_sequence": 1}
    longer = window(ends_at=ENDS + timedelta(minutes=90), **under_way)
    invite = of_work(Kind.MAINTENANCE_ENDED, MaintenanceFacts(window=longer, ends_before=ENDS))
    assert invite is not None
    assert (invite.method, invite.ends_at) == (Method.REQUEST, ENDS + timedelta(minutes=90))
    # Nobody knows yet how much longer: nothing to enter.
    unknown = MaintenanceFacts(window=window(overrun=True, **under_way), ends_before=ENDS)
    assert of_work(Kind.MAINTENANCE_ENDED, unknown) is None


def test_a_closing_note_with_a_meeting_invites_to_it() -> None:
    invite = of_outage(closure=closure(MEETING))
    assert invite is not None
    assert invite.summary == "Mail EU on 24 November: review with Nordlicht IT"
    assert invite.organizer == Person("Nordlicht IT", "ann@nordlicht.example")
    assert (invite.location, invite.answer) == ("https://meet.nordlicht.example/acme", True)
    assert invite.ends_at - invite.starts_at == timedelta(minutes=30)


def test_a_closing_note_without_one_invites_to_nothing() -> None:
    assert of_outage(closure=closure(None)) is None


def test_a_meeting_that_moves_and_one_that_is_called_off() -> None:
    later = MEETING.model_copy(
        update={"starts_at": MEETING.starts_at + timedelta(hours=20), "sequence": 1}
    )
    first = of_outage(closure=closure(MEETING))
    moved = of_outage(meeting=MeetingFacts(now=later, before=MEETING))
    gone = of_outage(meeting=MeetingFacts(now=None, before=later))
    assert first is not None
    assert moved is not None
    assert gone is not None
    assert first.uid == moved.uid == gone.uid
    assert [(i.method, i.sequence) for i in (first, moved, gone)] == [
        (Method.REQUEST, 0),
        (Method.REQUEST, 1),
        (Method.CANCEL, 2),
    ]
    assert gone.starts_at == later.starts_at
