"""One fact for one of the provider's own people: an approval to give, a client that left.

Each stands alone: what asks for a decision is not to be lost in a thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.directory import Client
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity, StaffRole
from tocsin_runtime.ids import uuid7

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import Person, View
from dispatcher.planning.clients import STALE, Terms, is_stale
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery, Message, Target, Told, thread_of, urgency_of
from dispatcher.planning.notices import provider_facts
from dispatcher.planning.staff import Call, staff_targets
from dispatcher.planning.words import role_words
from dispatcher.rendering.notice import Notice

AT_ONCE = (Channel.EMAIL, Channel.SMS, Channel.SLACK)
"""Where a person reads what cannot wait."""


@dataclass(frozen=True)
class Addressee:
    """Whom a note is for; ``role`` ``None``: the NOC."""

    person: str
    name: str
    role: StaffRole | None = None


NOC = Addressee("noc", "the NOC")


@dataclass(frozen=True)
class Cause:
    """What a note follows from: the event's id, moment and trace, and the incident it is filed
    under."""

    id: str
    time: datetime
    incident_id: str
    traceparent: str | None = None


def cause_of(event: Event[Any]) -> Cause:
    return Cause(event.id, event.time, event.subject, event.traceparent)


def holder_of(view: View, client: Client, role: StaffRole) -> Addressee | None:
    """Whoever holds ``role`` in the client's account team and can be reached."""
    team = view.teams.get(client.account_team or "")
    member = team.members.get(role) if team else None
    if member is None or not _usable(view.staff(member.key)):
        return None
    return Addressee(member.key, member.name, role)


def account_manager_or_noc(view: View, client: Client | None) -> Addressee:
    return (holder_of(view, client, StaffRole.ACCOUNT_MANAGER) if client else None) or NOC


def plan_note(
    ledger: Ledger, view: View, terms: Terms, to: Addressee, notice: Notice, cause: Cause
) -> None:
    """Add the rows that tell ``to`` what ``notice`` says."""
    message = Message(
        id=notice.id,
        incident_id=cause.incident_id,
        client_key=None,
        cause_id=cause.id,
        kind=notice.kind,
        notice=notice,
        traceparent=cause.traceparent,
    )
    stale = STALE if is_stale(cause.time, terms) else None
    known = ledger.incident(cause.incident_id)
    targets = staff_targets(view, [_call(view, to, terms.channels)], known, terms.channels)
    ledger.add([_delivery(message, target, stale or target.skip) for target, _ in targets])


def fact(view: View, sentence: str, incident: IncidentSnapshot | None, now: datetime) -> Notice:
    """The notice of one sentence."""
    return Notice(
        id=uuid7(),
        kind=Kind.STAFF_NOTE,
        at=now,
        incident=incident,
        provider=provider_facts(view),
        fact=sentence,
    )


def left_for_good(client: Client, told: Sequence[Told]) -> list[str]:
    """Names of those told before who are no contact any more and whose roles nobody holds."""
    contacts = {contact.key for contact in client.contacts}
    held = {role for contact in client.contacts for role in contact.roles}
    names = [t.person_name for t in told if t.person not in contacts and not held & set(t.roles)]
    return list(dict.fromkeys(names))


def nobody_instead(name: str, client: Client, incident: IncidentSnapshot) -> str:
    return (
        f"{name} was told of {incident.ref} and is no longer a contact of {client.name};"
        " nobody holds that role now, so nobody hears on in their place."
    )


def no_longer_told(client: str, incident: IncidentSnapshot) -> str:
    return (
        f"{client} was told of {incident.ref} and is no longer in its audience:"
        " it gets nothing more, not even that it is over."
    )


def _call(view: View, to: Addressee, channels: Collection[Channel]) -> Call:
    person = view.staff(to.person)
    wanted = [c for c in AT_ONCE if c in channels and person and _label(person, c)]
    roles = (to.role.value,) if to.role else ()
    return Call(
        person=to.person,
        name=person.name if person else to.name,
        because=role_words(roles) if roles else "the NOC",
        roles=roles,
        channels=tuple(wanted) or (Channel.EMAIL,),
    )


def _usable(person: Person | None) -> bool:
    return person is not None and any(_label(person, channel) for channel in AT_ONCE)


def _label(person: Person, channel: Channel) -> str | None:
    label = person.labels.get(channel)
    return label if label != UNREADABLE else None


def _delivery(message: Message, target: Target, reason: str | None) -> Delivery:
    incident = message.notice.incident
    side = f"alone-{message.id}"
    return Delivery(
        id=uuid7(),
        message=message,
        target=target,
        thread=thread_of(message.incident_id, side, target.channel, target.destination),
        urgency=urgency_of(message.kind, incident.severity if incident else Severity.SEV3),
        state=DeliveryState.SKIPPED if reason else DeliveryState.PENDING,
        reason=reason,
    )
