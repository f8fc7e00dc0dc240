"""What a message to staff says: why them, and how each client stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Kind

from dispatcher.directory.view import View
from dispatcher.planning.ledger import IncidentLedger
from dispatcher.planning.news import news_of
from dispatcher.planning.notices import History, provider_facts
from dispatcher.planning.promise_facts import promise_facts
from dispatcher.planning.words import OPERATOR
from dispatcher.rendering.facts import (
    ClientTold,
    EscalationFacts,
    Named,
    PromiseFacts,
)
from dispatcher.rendering.notice import Notice


@dataclass(frozen=True)
class Matter:
    """One escalation event and what is known of its incident."""

    event: Event[e.EscalationEvent]
    kind: Kind
    client_keys: tuple[str, ...]
    trigger: str = ""
    about: Mapping[str, AudienceClient] = field(default_factory=dict)

    def only(self, client_keys: tuple[str, ...]) -> Matter:
        return replace(self, client_keys=client_keys)

    def next_call(self, client_key: str) -> e.NextCall | None:
        """Who is called for this client next, where nobody answers."""
        data = self.event.data
        if not isinstance(data, e.StepFired):
            return None
        return data.next_by_client.get(client_key) if data.next_by_client else data.next


def staff_notice(notice_id: str, matter: Matter, view: View, known: IncidentLedger) -> Notice:
    incident = matter.event.data.incident
    clients = tuple(
        _told(view, key, matter.about.get(key), known.histories.get(key, History())).model_copy(
            update={"next": matter.next_call(key)}
        )
        for key in matter.client_keys
    )
    return Notice(
        id=notice_id,
        kind=matter.kind,
        at=matter.event.time,
        incident=incident,
        provider=provider_facts(view),
        systems=tuple(view.system_name(key) for key in incident.system_keys),
        escalation=EscalationFacts(
            clients=clients,
            held_by=_held_by(matter, known),
            **_specifics(matter.event.data, view),
        ),
        promise=_promise(matter, clients, known),
        **_news(matter, clients),
    )


def _held_by(matter: Matter, known: IncidentLedger) -> str | None:
    """Who has these clients while others are called for them; ``None`` where some has nobody."""
    if not isinstance(matter.event.data, e.StepFired):
        return None
    histories = [known.histories.get(key, History()) for key in matter.client_keys]
    takers = {history.taker.name if history.taker else None for history in histories}
    return takers.pop() if len(takers) == 1 else None


def _news(matter: Matter, clients: tuple[ClientTold, ...]) -> dict[str, Any]:
    """What a staff note tells."""
    if matter.kind is not Kind.STAFF_NOTE:
        return {}
    return {"news": news_of(matter.event.data, tuple(client.name for client in clients))}


def _promise(
    matter: Matter, clients: tuple[ClientTold, ...], known: IncidentLedger
) -> PromiseFacts | None:
    match matter.event.data:
        case e.UpdateDue() | e.PromiseEvent() as data:
            facts = promise_facts(data, clients, matter.client_keys)
            return facts.model_copy(update={"last_words": _last_words(matter, known)})
    return None


def _last_words(matter: Matter, known: IncidentLedger) -> str | None:
    """What a person wrote to these clients last, if it was the same to all of them."""
    histories = [known.histories.get(key) for key in matter.client_keys]
    words = {history.said.words for history in histories if history and history.said}
    return words.pop() if len(words) == 1 else None


def _told(view: View, key: str, concerned: AudienceClient | None, history: History) -> ClientTold:
    client = view.clients.get(key)
    first = _call_first(view, client, concerned) if client and concerned else None
    return ClientTold(
        name=client.short_name if client else key,
        systems=tuple(view.system_name(s) for s in concerned.systems) if concerned else (),
        told_at=history.last_told_at,
        planned=history.planned,
        reached=history.reached,
        confirmed=history.confirmed,
        next_word_due=concerned.next_update_due if concerned else None,
        call_first=_named(view, key, first[0]) if first else None,
        call_first_role=first[1] if first else None,
    )


def _call_first(
    view: View, client: Client, concerned: AudienceClient
) -> tuple[Contact, str] | None:
    """The first person the plan names who has a phone."""
    plan = view.plans.get(concerned.plan_key)
    entry = plan.severities.get(concerned.severity_entry) if plan else None
    for rule in entry.notify if entry else ():
        for role in rule.roles:
            for contact in client.contacts:
                if role in contact.roles and _phone(view, client.key, contact.key):
                    return contact, role
    return None


def _named(view: View, client_key: str, contact: Contact) -> Named:
    return Named(name=contact.name, phone=_phone(view, client_key, contact.key))


def _phone(view: View, client_key: str, key: str) -> str | None:
    person = view.person(client_key, key)
    return person.addresses.phone if person and person.addresses else None


def _specifics(data: e.EscalationEvent, view: View) -> dict[str, Any]:
    match data:
        case e.StepFired():
            return {
                "reason": data.reason,
                "next": None if data.next_by_client else data.next,
                "due_at": data.due_at,
                "late_by_seconds": data.late_by_seconds,
                "why": data.why,
                "open_minutes": data.open_minutes,
                "passed_on_by": data.passed_on_by,
                "unavailable": data.unavailable,
                "by": data.by.removeprefix(OPERATOR) if data.by else None,
                "by_reason": data.by_reason,
                **_concern(data),
            }
        case e.EscalationTaken():
            taker = _staff(view, data.person, data.person_name)
            return {"taker": taker, "taken_at": data.at, "holds_until": data.expires_at}
        case e.EscalationHandedOver():
            taker = _staff(view, data.person, data.person_name)
            to = _staff(view, data.to.person, data.to.name)
            return {
                "reason": data.reason,
                "taker": taker,
                "to": to,
                "holds_until": data.expires_at,
            }
        case e.EscalationExhausted():
            return {"tried": data.tried}
        case e.UpdateDue() | e.PromiseEvent():
            return {"due_at": data.due_at, "late_by_seconds": data.late_by_seconds}
        case _:
            return {}


def _concern(data: e.StepFired) -> dict[str, Any]:
    """Whom a step is about that is called for beside whether somebody has the client."""
    triggers = {why.trigger for why in data.why} or {data.trigger}
    if "question_unanswered" in triggers and data.about_since is not None:
        return {"asked_by": data.about, "answer_due": data.about_since}
    if "question_unanswered_minutes" in triggers:
        return {"asked_by": data.about}
    return {"unreached": data.about} if "contact_unreachable" in triggers else {}


def _staff(view: View, key: str, name: str) -> Named:
    person = view.staff(key)
    return Named(name=name, phone=person.addresses.phone if person and person.addresses else None)
