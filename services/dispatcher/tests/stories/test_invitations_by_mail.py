"""Invitations as they lie in the reader's mailbox, after a real SMTP conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
import pytest_asyncio
from dispatcher.channels.email import EmailChannel
from icalendar import Calendar
from tocsin_contracts import events as e
from tocsin_contracts.incident import FollowUp, MaintenanceSnapshot
from tocsin_contracts.words import Channel, Kind, MaintenanceStatus, Status
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import settings_for
from services.dispatcher.tests.facts import (
    acme,
    addresses,
    audience,
    closed,
    concerned,
    gold,
    jo,
    mail_eu,
    opened,
    provider,
    team,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def mailing(world: World, sandbox: Sandbox) -> AsyncIterator[World]:
    """The world, with a mail server that is real."""
    channel = EmailChannel(settings_for(sandbox), Egress(loopback_only=True))
    world.channels[Channel.EMAIL] = cast(Any, channel)
    world.core = world.another_process()
    await channel.open()
    yield world
    await channel.close()


def mails(sandbox: Sandbox) -> list[EmailMessage]:
    return [message_from_string(mail["raw"], policy=default) for mail in sandbox.messages()]


def entry(mail: EmailMessage) -> tuple[str, Any]:
    """The method that the part names, and the entry; the attached file says the same."""
    (part,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "invite.ics"
    written = cast(bytes, part.get_payload(decode=True))
    assert attached.get_payload(decode=True) == written
    calendar: Any = Calendar.from_ical(written)
    (event,) = calendar.walk("VEVENT")
    assert part["Content-Type"].params["method"] == calendar["METHOD"]
    return calendar["METHOD"], event


def window(**given: Any) -> MaintenanceSnapshot:
    values: dict[str, Any] = {
        "id": "0193-window",
        "ref": "MNT-318",
        "sequence": 1,
        "title": "Replace a part",
        "status": MaintenanceStatus.SCHEDULED,
        "system_keys": ("mail-eu",),
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=3),
        "impact": "Postfächer <b>sind</b> weg, bis zu 20 Minuten; danach nicht mehr.",
    }
    return MaintenanceSnapshot(**{**values, **given})


def said(kind: Kind, **given: Any) -> dict[str, Any]:
    client = concerned(first_notice_due=None, next_update_due=None)
    snapshot = window(**given)
    return {"window": snapshot, "audience": audience(client), "actor": "key:noc", "kind": kind}


async def knows_jo(world: World, **given: Any) -> None:
    await world.knows(provider(), mail_eu(), gold(), team(), acme(jo(**given)), people=addresses())


async def test_planned_work_is_entered_and_taken_out_again(
    mailing: World, sandbox: Sandbox
) -> None:
    await knows_jo(mailing)
    await mailing.hears(e.MaintenanceAnnounced(**said(Kind.MAINTENANCE_ANNOUNCED)))
    await mailing.deliver()
    gone = said(
        Kind.MAINTENANCE_CANCELLED,
        sequence=2,
        status=MaintenanceStatus.CANCELLED,
        calendar_sequence=1,
    )
    await mailing.hears(e.MaintenanceCancelled(**gone))
    await mailing.deliver()

    first, second = mails(sandbox)
    (method, event), (then, cancelled) = entry(first), entry(second)
    assert (method, then) == ("REQUEST", "CANCEL")
    assert event["UID"] == cancelled["UID"]
    assert (event["SEQUENCE"], cancelled["SEQUENCE"]) == (0, 1)
    assert event["DTSTART"].dt.isoformat() == "2026-12-05T22:00:00+01:00"
    assert event["DESCRIPTION"].startswith(
        "Postfächer <b>sind</b> weg, bis zu 20 Minuten; danach nicht mehr."
    )
    assert second["In-Reply-To"] == first["Message-ID"]
    html = first.get_body(("html",))
    assert html is not None
    assert "MNT-318" in html.get_content()


async def test_the_meeting_after_an_outage_is_entered_moved_and_called_off(
    mailing: World, sandbox: Sandbox
) -> None:
    await knows_jo(mailing, timezone="America/New_York")
    await mailing.hears(opened(mailing.snapshot()))
    await mailing.deliver()
    meeting = FollowUp(
        starts_at=datetime(2026, 11, 30, 13, 0, tzinfo=UTC),
        duration_minutes=30,
        location="https://meet.nordlicht.example/acme?a=1;b=2,c",
        organizer_email="ann@nordlicht.example",
    )
    over = {"status": Status.CLOSED, "resolved_at": mailing.clock.now()}
    await mailing.hears(closed(mailing.snapshot(**over), follow_up=meeting))
    await mailing.deliver()
    later = meeting.model_copy(
        update={"starts_at": meeting.starts_at + timedelta(hours=20), "sequence": 1}
    )
    common: dict[str, Any] = {"audience_version": 1, "actor": "key:noc", "kind": Kind.CLOSURE}
    await mailing.hears(
        e.FollowUpChanged(
            incident=mailing.snapshot(**over), follow_up=later, before=meeting, **common
        )
    )
    await mailing.deliver()
    await mailing.hears(
        e.FollowUpChanged(incident=mailing.snapshot(**over), follow_up=None, before=later, **common)
    )
    await mailing.deliver()

    entries = [entry(mail) for mail in mails(sandbox)[1:]]
    assert [(method, event["SEQUENCE"]) for method, event in entries] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("CANCEL", 2),
    ]
    assert len({event["UID"] for _, event in entries}) == 1
    first = entries[0][1]
    assert first["SUMMARY"] == "Mail EU on 24 November: review with Nordlicht IT"
    assert first["LOCATION"] == meeting.location
    assert first["DTSTART"].params["TZID"] == "America/New_York"
    assert first["ORGANIZER"] == "mailto:ann@nordlicht.example"
    assert first["ATTENDEE"] == "mailto:jo@acme.example"
    assert first["DTEND"].dt - first["DTSTART"].dt == timedelta(minutes=30)


async def test_who_is_asked_for_feedback_is_not_invited_again(
    mailing: World, sandbox: Sandbox
) -> None:
    await knows_jo(mailing)
    await mailing.hears(opened(mailing.snapshot()))
    meeting = FollowUp(
        starts_at=mailing.clock.now() + timedelta(days=6),
        duration_minutes=30,
        location="by video",
        organizer_email="ann@nordlicht.example",
    )
    over = {"status": Status.CLOSED, "resolved_at": mailing.clock.now()}
    await mailing.hears(closed(mailing.snapshot(**over), follow_up=meeting))
    await mailing.deliver()
    mailing.clock.advance(hours=24)
    await mailing.deliver()

    closing, question = mails(sandbox)[-2:]
    assert entry(closing)[0] == "REQUEST"
    assert "text/calendar" not in [part.get_content_type() for part in question.walk()]


async def test_an_outage_invites_to_nothing(mailing: World, sandbox: Sandbox) -> None:
    await knows_jo(mailing)
    await mailing.hears(opened(mailing.snapshot()))
    await mailing.deliver()
    (mail,) = mails(sandbox)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
