"""What one message says: the event, and the facts about one client, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Kind, Visibility

from dispatcher.directory.view import (
    View,
    account_manager,
    entry_has_closure,
    own_plan,
    own_words,
    systems_as_called,
)
from dispatcher.rendering.facts import (
    ClientFacts,
    ClosureFacts,
    CorrectionFacts,
    MeetingFacts,
    Named,
    ProviderFacts,
    QuestionFacts,
    ReopenedFacts,
    ResolvedFacts,
    ReviewFacts,
)
from dispatcher.rendering.notice import Notice


@dataclass(frozen=True)
class Said:
    """The systems that the last message named: their keys, and their names as it wrote them.

    ``words`` are a person's in it: the update, or the effect.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    words: str | None = None


@dataclass(frozen=True)
class History:
    """What was between us and this client before the event: when it was told, and who has it.

    ``promised`` is the moment by which it was to hear next. Of the last message's ``planned``
    people ``reached`` have it and ``confirmed`` say so. ``said`` is what that message named.
    ``checking``: it was sent the holding notice. ``taker_key`` is the taker's.
    """

    first_told_at: datetime | None = None
    last_told_at: datetime | None = None
    planned: int = 0
    reached: int = 0
    confirmed: int = 0
    promised: datetime | None = None
    taker: Named | None = None
    taker_key: str | None = None
    said: Said | None = None
    checking: bool = False


def client_notice(
    notice_id: str,
    event: Event[e.IncidentEvent],
    kind: Kind,
    concerned: AudienceClient,
    client: Client,
    view: View,
    history: History,
    question: QuestionFacts | None = None,
) -> Notice:
    incident = event.data.incident
    systems = systems_as_called(view, client, concerned.systems)
    return Notice(
        id=notice_id,
        kind=kind,
        at=event.time,
        incident=incident,
        provider=provider_facts(view),
        client=client_facts(client),
        systems=systems,
        system_keys=concerned.systems,
        **_difference(history.said, Said(concerned.systems, systems)),
        via=tuple(view.system_name(key) for key in concerned.via),
        next_update_due=concerned.next_update_due if incident.status.is_open else None,
        closure_due=concerned.closure_due,
        has_closure=entry_has_closure(view, concerned.plan_key, concerned.severity_entry),
        first_told_at=history.first_told_at,
        last_told_at=history.last_told_at,
        account_manager=manager_of(view, client),
        taker=history.taker,
        own_words=own_words(view, own_plan(view, concerned), kind),
        late_promise=_missed(history.promised, event),
        question=question,
        **_specifics(event.data, client.key),
    )


def _difference(before: Said | None, now: Said) -> dict[str, Any]:
    """What joined and what left since the last message; a name that changed is neither."""
    if before is None:
        return {}
    return {"new_systems": _beside(now, before), "gone_systems": _beside(before, now)}


def _beside(these: Said, those: Said) -> tuple[str, ...]:
    pairs = zip(these.keys, these.names, strict=False)
    return tuple(name for key, name in pairs if key not in those.keys)


def said_in(notice: Notice) -> Said | None:
    """``None`` where the keys are not known."""
    if notice.client is None or notice.system_keys is None:
        return None
    effect = notice.incident.impact if notice.incident else None
    words = notice.update.message if notice.update else effect
    return Said(notice.system_keys, notice.systems, words)


def client_facts(client: Client) -> ClientFacts:
    return ClientFacts(
        key=client.key,
        name=client.name,
        called=client.called,
        timezone=client.timezone,
        locale=client.locale,
    )


def provider_facts(view: View) -> ProviderFacts:
    return ProviderFacts.model_validate(view.provider, from_attributes=True)


def manager_of(view: View, client: Client) -> Named | None:
    person = account_manager(view, client)
    if person is None:
        return None
    return Named(name=person.name, phone=person.addresses.phone if person.addresses else None)


def _missed(promised: datetime | None, event: Event[e.IncidentEvent]) -> datetime | None:
    """The promise that this word comes too late for; a closed incident promised none, and a
    correction answers none."""
    if promised is None or not event.data.incident.status.is_open:
        return None
    if isinstance(event.data, e.IncidentCorrected):
        return None
    return promised if event.time > promised else None


def _specifics(data: e.IncidentEvent, client_key: str) -> dict[str, Any]:
    """The fields of a notice that only some events fill."""
    return _of_the_outage(data) or _of_the_end(data) or _of_the_time_after(data, client_key)


def _of_the_outage(data: e.IncidentEvent) -> dict[str, Any]:
    match data:
        case e.IncidentUpdated():
            return _updated(data)
        case e.IncidentChanged():
            return {"changed": data.changed, "before": data.before}
        case e.IncidentCorrected():
            return {"correction": CorrectionFacts.model_validate(data, from_attributes=True)}
        case _:
            return {}


def _of_the_end(data: e.IncidentEvent) -> dict[str, Any]:
    match data:
        case e.IncidentResolved():
            facts = ResolvedFacts(message=data.message, checks=data.checks)
            return {"resolved": facts, "only_holding": only_held(data)}
        case e.IncidentCancelled():
            return {"cancel_reason": data.reason, "only_holding": only_held(data)}
        case e.IncidentReopened():
            return {"reopened": ReopenedFacts.model_validate(data, from_attributes=True)}
        case _:
            return {}


def _of_the_time_after(data: e.IncidentEvent, client_key: str) -> dict[str, Any]:
    match data:
        case e.IncidentClosed():
            return {"closure": _closure(data, client_key)}
        case e.FollowUpChanged(follow_up=now, before=before, reason=reason):
            return {"meeting": MeetingFacts(now=now, before=before, reason=reason)}
        case e.ReviewPublished():
            return {"review": ReviewFacts.model_validate(data, from_attributes=True)}
        case _:
            return {}


def only_held(data: e.IncidentEvent) -> bool:
    """Whoever hears the end of an incident that nobody published had but the holding notice."""
    return data.incident.visibility is Visibility.INTERNAL


def _updated(data: e.IncidentUpdated) -> dict[str, Any]:
    return {
        "update": data.update if data.update.message.strip() else None,
        "changed": data.changed,
        "before": data.before,
        "no_news": data.no_news,
    }


def _closure(data: e.IncidentClosed, client_key: str) -> ClosureFacts:
    return ClosureFacts(
        root_cause=data.root_cause,
        steps_taken=data.steps_taken,
        prevention=data.prevention,
        extra=data.per_client.get(client_key),
        follow_up=data.follow_up,
        promises=data.promises.get(client_key),
    )
