"""What speaks of no outage: a test of one destination, and the question whether messages are
wanted at a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.envelope import Event
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.ids import uuid7

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import STAFF, View
from dispatcher.planning.clients import STALE, Terms, is_stale
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery, Message, Target, thread_of
from dispatcher.planning.notices import client_facts, provider_facts
from dispatcher.rendering.notice import Notice, Reader

URGENCY = 1
NO_LINK_IN_A_CALL = "a call cannot carry a link, and text messages are not set up"
EXPIRED = "the time to confirm it has passed"


def plan_test(ledger: Ledger, view: View, terms: Terms, event: Event[e.TestRequested]) -> None:
    data = event.data
    client = view.clients.get(data.client_key) if data.client_key else None
    person = view.person(data.client_key or STAFF, data.person)
    contact = _contact(client, data.person)
    name = contact.name if contact else person.name if person else data.person
    label = person.labels.get(data.channel) if person else None
    target = Target(
        person=data.person,
        person_name=name,
        roles=contact.roles if contact else (),
        channel=data.channel,
        destination=label or "",
        because="a person asked to try this destination",
        reader=Reader(
            person=data.person,
            name=name,
            locale=contact.locale if contact else None,
            timezone=contact.timezone if contact else None,
        ),
        skip=_unusable(terms, data.channel, name, label),
    )
    notice = _notice(Kind.TEST, view, client, event.time)
    message = _message(notice, event.subject, event.id, data.client_key, event.traceparent)
    ledger.add([_row(message, target, STALE if is_stale(event.time, terms) else None)])


def plan_confirmation(
    ledger: Ledger, view: View, terms: Terms, event: Event[e.DestinationAdded], label: str
) -> None:
    """``label`` is that of the sealed address. A telephone number is asked by text message: the
    answer is a link."""
    data = event.data
    client = view.clients.get(data.client_key)
    contact = _contact(client, data.person)
    by_text = data.channel is Channel.VOICE
    channel = Channel.SMS if by_text else data.channel
    name = contact.name if contact else data.person
    target = Target(
        person=data.person,
        person_name=name,
        roles=contact.roles if contact else (),
        channel=channel,
        destination=label if label != UNREADABLE else "",
        because=f"added as a destination of {name}, which has to be confirmed there",
        reader=Reader(
            person=data.person,
            locale=contact.locale if contact else None,
            timezone=contact.timezone if contact else None,
        ),
        skip=_unusable(terms, channel, name, label),
    )
    if by_text and channel not in terms.channels:
        target = replace(target, skip=NO_LINK_IN_A_CALL)
    late = EXPIRED if data.expires_at <= terms.now else None
    notice = _notice(Kind.CONFIRM_DESTINATION, view, client, event.time)
    message = _message(notice, data.destination_id, event.id, data.client_key, event.traceparent)
    stale = STALE if is_stale(event.time, terms) else late
    ledger.add([replace(_row(message, target, stale), sealed=data.sealed)])


def _notice(kind: Kind, view: View, client: Client | None, at: datetime) -> Notice:
    return Notice(
        id=uuid7(),
        kind=kind,
        at=at,
        provider=provider_facts(view),
        client=client_facts(client) if client else None,
    )


def _message(
    notice: Notice, filed: str, cause_id: str, client_key: str | None, traceparent: str | None
) -> Message:
    """``filed``: under what its rows lie, where others lie under their incident."""
    return Message(
        id=notice.id,
        incident_id=filed,
        client_key=client_key,
        cause_id=cause_id,
        kind=notice.kind,
        notice=notice,
        traceparent=traceparent,
    )


def _row(message: Message, target: Target, instead: str | None) -> Delivery:
    reason = instead or target.skip
    side = f"alone-{message.id}"
    return Delivery(
        id=uuid7(),
        message=message,
        target=target,
        thread=thread_of(message.incident_id, side, target.channel, target.destination),
        urgency=URGENCY,
        state=DeliveryState.SKIPPED if reason else DeliveryState.PENDING,
        reason=reason,
    )


def _unusable(terms: Terms, channel: Channel, name: str, label: str | None) -> str | None:
    if channel not in terms.channels:
        return f"the channel {channel.value} is not set up"
    usable = label and label != UNREADABLE
    return None if usable else f"{name} has no usable {channel.value} address"


def _contact(client: Client | None, key: str) -> Contact | None:
    contacts = client.contacts if client else ()
    return next((contact for contact in contacts if contact.key == key), None)
