"""Which mails invite, and to what: planned work, and the meeting after an outage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin_contracts.incident import FollowUp
from tocsin_contracts.words import Kind, MaintenanceStatus

from dispatcher.calendar.maintnote import maintnote
from dispatcher.calendar.model import Invite, Method, Person
from dispatcher.rendering.facts import ClientFacts, MaintenanceFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import rich

SPACE = "tocsin"
"""After the @ of every UID; what stands before it is unique by itself."""

_OF_WORK = {
    Kind.MAINTENANCE_ANNOUNCED: Method.REQUEST,
    Kind.MAINTENANCE_RESCHEDULED: Method.REQUEST,
    Kind.MAINTENANCE_CANCELLED: Method.CANCEL,
}


@dataclass(frozen=True)
class Mailing:
    """The mail that carries it: from whom, to whom, under which subject."""

    sender: str
    to: Person
    subject: str


def invitation(notice: Notice, reading: Reading, mailing: Mailing) -> Invite | None:
    """What ``notice`` puts into this reader's calendar; ``None``: nothing."""
    if notice.client is None:
        return None
    if notice.maintenance is not None:
        return _work(notice, notice.client, notice.maintenance, reading, mailing)
    return _meeting(notice, notice.client, reading, mailing)


def _work(
    notice: Notice,
    client: ClientFacts,
    facts: MaintenanceFacts,
    reading: Reading,
    mailing: Mailing,
) -> Invite | None:
    method = _OF_WORK.get(notice.kind)
    if _takes_longer(facts):
        method = Method.REQUEST
    if method is None:
        return None
    window = facts.window
    return Invite(
        uid=f"{window.id}.{client.key}@{SPACE}",
        sequence=window.calendar_sequence,
        method=method,
        stamp=notice.at,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        zone=reading.times.zone,
        summary=mailing.subject,
        description=_description(notice, window.impact, window.preparation),
        organizer=Person(notice.provider.name, mailing.sender),
        attendee=mailing.to,
        answer=False,
        further=maintnote(
            window,
            provider=mailing.sender.rpartition("@")[2],
            account=client.key,
            objects=notice.system_keys or (),
        ),
    )


def _takes_longer(facts: MaintenanceFacts) -> bool:
    """Work under way whose end was moved: the entry would end too soon."""
    in_progress = facts.window.status is MaintenanceStatus.IN_PROGRESS
    return in_progress and facts.ends_before not in (None, facts.window.ends_at)


def _meeting(
    notice: Notice, client: ClientFacts, reading: Reading, mailing: Mailing
) -> Invite | None:
    method, meeting, sequence = _meeting_of(notice)
    if meeting is None or notice.incident is None:
        return None
    pattern = reading.language.word("invites", "meeting")
    return Invite(
        uid=f"{notice.incident.id}.{client.key}.review@{SPACE}",
        sequence=sequence,
        method=method,
        stamp=notice.at,
        starts_at=meeting.starts_at,
        ends_at=meeting.starts_at + timedelta(minutes=meeting.duration_minutes),
        zone=reading.times.zone,
        summary=pattern.format(
            system=reading.names(notice.systems) or notice.incident.ref,
            date=reading.times.date(notice.incident.started_at),
            provider=notice.provider.name,
        ),
        description=_description(notice),
        location=meeting.location,
        organizer=Person(notice.provider.name, meeting.organizer_email),
        attendee=mailing.to,
    )


def _meeting_of(notice: Notice) -> tuple[Method, FollowUp | None, int]:
    """The meeting a notice speaks of, and the number of this change of it. The question a day later
    knows the closing note too, but by then the meeting may have moved."""
    moved = notice.meeting
    if moved is None:
        closes = notice.closure if notice.kind is Kind.CLOSURE else None
        planned = closes.follow_up if closes else None
        return Method.REQUEST, planned, planned.sequence if planned else 0
    if moved.now is not None:
        return Method.REQUEST, moved.now, moved.now.sequence
    return Method.CANCEL, moved.before, moved.before.sequence + 1 if moved.before else 0


def _description(notice: Notice, *said: str | None) -> str:
    """What people wrote, as plain text, and whom to ask."""
    words = [text.text for text in map(rich, said) if text is not None]
    provider = notice.provider
    ask = ", ".join(filter(None, (provider.name, provider.desk_phone, notice.ref)))
    return "\n\n".join([*words, ask])
