"""The invitation that goes along with a mail; nothing about it may keep the mail back."""

from __future__ import annotations

from dataclasses import replace

import structlog
from tocsin_contracts.words import Channel

from dispatcher import metrics
from dispatcher.calendar.ical import ical
from dispatcher.calendar.invitations import Mailing, invitation
from dispatcher.calendar.model import Person
from dispatcher.channels.message import CalendarPart, RenderedMessage
from dispatcher.channels.mime import wire_address
from dispatcher.channels.port import Destination
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.reading import reading_for

log = structlog.get_logger()


def with_invitation(
    message: RenderedMessage, notice: Notice, reader: Reader, to: Destination, sender: str
) -> RenderedMessage:
    """``message`` as it is, or with what ``notice`` puts into its reader's calendar."""
    if to.channel is not Channel.EMAIL or not (
        notice.maintenance or notice.closure or notice.meeting
    ):
        return message
    try:
        calendar = _calendar(message, notice, reader, to, sender)
    except Exception:
        metrics.INVITATIONS_FAILED.inc()
        log.exception("no invitation goes along", kind=notice.kind.value, ref=notice.ref)
        return message
    return replace(message, calendar=calendar)


def _calendar(
    message: RenderedMessage, notice: Notice, reader: Reader, to: Destination, sender: str
) -> CalendarPart | None:
    mailing = Mailing(
        sender=sender,
        to=Person(to.name, wire_address(to.address)),
        subject=message.thread.subject or message.subject,
    )
    invite = invitation(notice, reading_for(notice, reader.locale, reader.timezone), mailing)
    return CalendarPart(invite.method.value, ical(invite)) if invite else None
