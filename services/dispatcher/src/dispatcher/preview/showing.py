"""Planned rows as an answer: who gets which words where and when, and who gets none and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tocsin_contracts.words import Channel, DeliveryState

from dispatcher.channels.message import ChatMessage, RenderedMessage
from dispatcher.channels.port import Destination
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.model import Claimed
from dispatcher.directory.addresses import SealBroken
from dispatcher.directory.view import STAFF, View
from dispatcher.gating.model import Fold, Gated, Skip, Wait
from dispatcher.gating.rules import gate
from dispatcher.planning.model import Delivery
from dispatcher.preview.store import Around

SECRET = frozenset({Channel.WEBHOOK, Channel.TEAMS, Channel.APPRISE})
"""Channels whose address is itself a secret."""


@dataclass(frozen=True)
class Going:
    """A row's moment, and what is to be said about it."""

    at: datetime | None
    why: str | None = None
    never: bool = False


def when(row: Delivery, around: Around, now: datetime) -> Going:
    """The moment at which ``row`` would go, by the same gate that is asked then."""
    if row.state is DeliveryState.SKIPPED:
        return Going(None, row.reason, never=True)
    if row.state is not DeliveryState.PENDING:
        # What waits for a yes, or for another row to fail, may never go.
        return Going(None if row.approval_id or row.stands_in else row.due_at, row.reason)
    incident = row.message.notice.incident
    gated = Gated(
        kind=row.message.kind,
        suppressed=around.suppressed,
        limits=row.limits,
        lately=around.got,
        drill=bool(incident and incident.drill),
    )
    match gate(gated, now):
        case Wait(until=until, why=why):
            return Going(until, why)
        case Skip(why=why):
            return Going(None, why, never=True)
        case Fold(why=why):
            return Going(now, why)
    return Going(row.due_at or now)


@dataclass(frozen=True)
class Shower:
    """``html``: the HTML part of mails is wanted too."""

    composer: Composer
    view: View
    now: datetime
    html: bool = False

    def shown(
        self, rows: Sequence[Delivery], around: Sequence[Around]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The messages, and those who are not told."""
        messages, not_told = [], []
        for row, met in zip(rows, around, strict=True):
            going = when(row, met, self.now)
            found = going.why or "" if going.never else self._message(row, met, going)
            if isinstance(found, str):
                not_told.append(_not_told(row, found))
            else:
                messages.append(found)
        return messages, not_told

    def _message(self, row: Delivery, around: Around, going: Going) -> dict[str, Any] | str:
        """Or why there is none."""
        claimed = self._claimed(row, around)
        try:
            to = self.composer.destination(claimed)
        except SealBroken as error:
            return str(error)
        if isinstance(to, str):
            return to
        composed = self.composer.compose(claimed, row.message.notice, to, going.at or self.now)
        message = composed.message
        html = {"html": message.html} if self.html and message.html else {}
        return {
            "kind": row.message.kind.value,
            "client_key": row.message.client_key,
            "contact": row.target.person,
            "name": row.target.person_name,
            "role": ", ".join(row.target.roles) or None,
            "channel": row.target.channel.value,
            "destination": _destination(to),
            "subject": message.thread.subject or message.subject,
            "body": _body(message, row.target.channel),
            **html,
            "send_at": going.at.isoformat() if going.at else None,
            "because": _because(row, going),
        }

    def _claimed(self, row: Delivery, around: Around) -> Claimed:
        """As a worker would hold it."""
        message, target = row.message, row.target
        person = self.view.person(message.client_key or STAFF, target.person)
        return Claimed(
            id=row.id,
            message_id=message.id,
            incident_id=message.incident_id,
            cause_id=message.cause_id,
            client_key=message.client_key,
            kind=message.kind,
            person=target.person,
            channel=target.channel,
            destination=target.destination,
            thread=row.thread,
            reader=target.reader,
            attempt=1,
            doubts=0,
            planned_at=self.now,
            addresses=person.addresses if person else None,
            root_id=around.root_id,
            subject=around.subject,
            gated=Gated(kind=message.kind, step=row.step, limits=row.limits),
        )


def _not_told(row: Delivery, why: str) -> dict[str, Any]:
    return {
        "client_key": row.message.client_key,
        "contact": row.target.person if row.target.person != "nobody" else None,
        "name": row.target.person_name,
        "role": ", ".join(row.target.roles) or None,
        "channel": row.target.channel.value,
        "because": why,
    }


def _because(row: Delivery, going: Going) -> str:
    return f"{row.target.because}; {going.why}" if going.why else row.target.because


def _destination(to: Destination) -> str:
    if to.channel not in SECRET:
        return to.address
    return f"{urlsplit(to.address).scheme}://{urlsplit(to.address).hostname}/…"


def _body(message: RenderedMessage, channel: Channel) -> str:
    if channel is Channel.WEBHOOK:
        return json.dumps(message.payload, ensure_ascii=False, indent=2)
    return _chat(message.chat) if message.chat else message.text


def _chat(chat: ChatMessage) -> str:
    fields = [f"{field.label}: {field.value}" for field in chat.fields]
    links = [f"{link.label}: {link.url}" for link in chat.links]
    return "\n".join(_lines(chat.header, *fields, chat.body, *links, chat.foot))


def _lines(*lines: str | None) -> Iterable[str]:
    return filter(None, lines)
