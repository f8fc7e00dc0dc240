"""Calls of a client's own escalation: which of its contacts hear of the outage, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.words import Channel

from dispatcher.directory.view import View
from dispatcher.gating.model import Step
from dispatcher.planning.clients import Occasion, Terms, ToSome, plan_client
from dispatcher.planning.ledger import IncidentLedger, Ledger
from dispatcher.planning.model import Target
from dispatcher.planning.notices import History
from dispatcher.planning.rules import Asking, targets_of
from dispatcher.planning.wishes import Wish
from dispatcher.rendering.notice import Reader

JUST_NOW = timedelta(minutes=1)
TOLD_ANYWAY = "hears of it there anyway, just now"


def plan_call(
    ledger: Ledger,
    view: View,
    terms: Terms,
    occasion: Occasion,
    fired: e.StepFired,
    step: Step,
    moot: str | None,
) -> None:
    """Add the rows of one call to one client; ``moot`` says why they are not wanted any more."""
    client = view.clients.get(occasion.concerned.client_key)
    known = ledger.incident(occasion.event.subject)
    targets: Sequence[Target] = ()
    if client is not None:
        asking = Asking(
            view=view,
            client=client,
            severity=occasion.event.data.incident.severity,
            because=fired.reason,
            told=known.told_of(client.key),
            channels=terms.channels,
        )
        found = contact_targets(asking, fired)
        targets = [_unless_told(one, client, known, occasion.event.time) for one in found]
    plan_client(ledger, view, terms, occasion, ToSome(targets, step, moot))


def contact_targets(asking: Asking, fired: e.StepFired) -> list[Target]:
    """One a destination; whoever left the client meanwhile shows as not called."""
    contacts = {contact.key: contact for contact in asking.client.contacts}
    wishes: dict[tuple[str, Channel], Wish] = {}
    gone = []
    for called in fired.notify:
        contact = contacts.get(called.person)
        if contact is None:
            gone.append(_gone(asking, called, fired))
            continue
        for channel in _channels(contact, fired):
            wish = wishes.setdefault((contact.key, channel), Wish(contact, channel))
            wish.add([called.role])
    return [*targets_of(asking, wishes.values()), *gone]


def _channels(contact: Contact, fired: e.StepFired) -> Sequence[Channel]:
    return fired.channels or contact.preferences.channels or (Channel.EMAIL,)


def _gone(asking: Asking, called: e.Called, fired: e.StepFired) -> Target:
    return Target(
        person=called.person,
        person_name=called.name,
        roles=(called.role,),
        channel=next(iter(fired.channels), Channel.EMAIL),
        destination="",
        because=fired.reason,
        reader=Reader(person=called.person),
        skip=f"no longer a contact of {asking.client.name}",
    )


def _unless_told(target: Target, client: Client, known: IncidentLedger, at: datetime) -> Target:
    """Where the plan's own message is under way, or has just arrived, a call says it twice."""
    if target.skip is not None:
        return target
    under_way = any(
        (row.channel, row.destination) == target.place and row.approval_id is None
        for row in known.open_of(client.key)
        if not row.siblings
    )
    last = known.histories.get(client.key, History()).last_told_at
    just_told = last is not None and at - last < JUST_NOW
    if under_way or (just_told and target.place in known.sent.get(client.key, ())):
        return replace(target, skip=f"{target.person_name} {TOLD_ANYWAY}")
    return target
