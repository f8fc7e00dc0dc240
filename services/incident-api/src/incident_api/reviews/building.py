"""The one builder of the review; a client's copy and the internal one differ by what goes in."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import DeliveryState

from incident_api.directory.called import as_called
from incident_api.directory.view import DirectoryView
from incident_api.incidents.closure import Closure
from incident_api.promises.kept import kept_promises, late_by
from incident_api.promises.model import Promised
from incident_api.promises.standing import with_pending
from incident_api.reviews import model
from incident_api.reviews.audit import call_lines
from incident_api.reviews.facts import Facts
from incident_api.reviews.filtering import GOT_THERE, as_told_to
from incident_api.reviews.phases import phases
from incident_api.reviews.timeline import client_entries, internal_entries

OUR_LOCALE = "en"
MISSED = frozenset({DeliveryState.FAILED, DeliveryState.SKIPPED})


def client_review(facts: Facts, client: Client, reader: Contact | None = None) -> model.Review:
    """The copy of one client, for ``reader`` in their language and time where they have their own.

    Raises ``KeyError`` where the client is not in the audience.
    """
    filtered = as_told_to(facts, client.key)
    if not filtered.audience:
        raise KeyError(client.key)
    contact = reader or Contact(key="-", name="-", roles=())
    return model.Review(
        client_key=client.key,
        client=client.name,
        timezone=contact.timezone or client.timezone,
        locale=contact.locale or client.locale,
        systems=as_called(facts.view, client, filtered.audience[0].systems),
        timeline=client_entries(filtered),
        promises=tuple(_promise(one) for one in _standing(filtered)),
        kept=_kept(filtered, client.key),
        extra=(filtered.closure.per_client if filtered.closure else {}).get(client.key),
        **_shared(filtered),
    )


def internal_review(facts: Facts) -> model.Review:
    """Everything, notes, failures and feedback included; in English and the provider's time."""
    view = facts.view
    names = {key: client.name for key, client in view.clients.items()}
    failed = {system for client in facts.audience for system in client.via or client.systems}
    systems = [key for key in facts.incident.system_keys if key in view.systems] or sorted(failed)
    return model.Review(
        client_key=None,
        client=None,
        timezone=view.provider.timezone,
        locale=OUR_LOCALE,
        systems=tuple(view.systems[key].name for key in systems if key in view.systems),
        timeline=internal_entries(facts),
        promises=tuple(
            _promise(one, names.get(one.client_key, one.client_key)) for one in _standing(facts)
        ),
        kept=None,
        extra=None,
        inside=_inside(facts, names),
        **_shared(facts),
    )


def _shared(facts: Facts) -> dict[str, Any]:
    incident, provider = facts.incident, facts.view.provider
    return {
        "provider": provider.name,
        "desk_phone": provider.desk_phone,
        "ref": incident.ref,
        "drill": incident.drill,
        "severity": incident.severity,
        "status": incident.status,
        "impact": incident.impact,
        "impact_level": incident.impact_level,
        "started_at": incident.started_at,
        "resolved_at": incident.resolved_at,
        "closed_at": incident.closed_at,
        "made_at": facts.now,
        "phases": phases(incident, facts.updates, facts.lines, now=facts.now),
        **_closing(facts.closure),
    }


def _closing(closure: Closure | None) -> dict[str, Any]:
    if closure is None:
        nothing = ("summary", "root_cause", "steps_taken", "prevention", "meeting")
        return {**dict.fromkeys(nothing), "changes": (), "revision": 0}
    return {
        "summary": closure.summary,
        "root_cause": closure.root_cause,
        "steps_taken": closure.steps_taken,
        "prevention": closure.prevention,
        "changes": tuple(
            model.Change(one.item.what, one.item.who, one.item.due, one.done, one.done_at)
            for one in closure.items
        ),
        "meeting": closure.follow_up,
        "revision": closure.revision,
    }


def _standing(facts: Facts) -> list[Promised]:
    incident = facts.incident
    return with_pending(
        facts.promised,
        () if incident.drill or incident.parent_id else facts.audience,
        incident_id=incident.id,
        status=incident.status,
        now=facts.now,
    )


def _promise(one: Promised, client: str | None = None) -> model.PromiseLine:
    return model.PromiseLine(
        promise=one.promise,
        due_at=one.due_at,
        state=one.state,
        done_at=one.done_at,
        late_minutes=late_by(one),
        by_holding_notice=one.by_holding_notice,
        client=client,
        reason=one.reason if client is not None else None,
    )


def _kept(facts: Facts, client_key: str) -> model.Kept | None:
    counted = kept_promises(facts.promised, known_at=facts.incident.known_at).get(client_key)
    return None if counted is None else model.Kept(**counted.model_dump())


def _inside(facts: Facts, names: dict[str, str]) -> model.Inside:
    incident = facts.incident
    return model.Inside(
        title=incident.title,
        description=incident.description,
        noticed_at=incident.known_at,
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.acknowledged_by,
        clients=_client_lines(facts, names),
        missed=tuple(
            model.MissedLine(
                None if one.client_key is None else names.get(one.client_key, one.client_key),
                *(one.person, one.channel, one.kind, one.state, one.reason, one.at),
            )
            for one in facts.missed
        ),
        calls=call_lines(facts.lines, names),
        feedback=tuple(
            model.FeedbackLine(
                names.get(one.client_key, one.client_key),
                _person(facts.view, one.client_key, one.person),
                *(one.rating, one.text, one.given_at),
            )
            for one in facts.feedback
        ),
    )


def _client_lines(facts: Facts, names: dict[str, str]) -> tuple[model.ClientLine, ...]:
    sent: Counter[str | None] = Counter()
    missed: Counter[str | None] = Counter()
    for told in facts.told:
        sent[told.client_key] += told.count if told.state in GOT_THERE else 0
        missed[told.client_key] += told.count if told.state in MISSED else 0
    return tuple(
        model.ClientLine(
            name=names.get(one.client_key, one.client_key),
            systems=_systems_of(facts.view, one),
            because=one.because,
            sent=sent[one.client_key],
            missed=missed[one.client_key],
        )
        for one in facts.audience
    )


def _systems_of(view: DirectoryView, one: AudienceClient) -> tuple[str, ...]:
    client = view.clients.get(one.client_key)
    return one.systems if client is None else as_called(view, client, one.systems)


def _person(view: DirectoryView, client_key: str, person: str) -> str:
    """By name while the directory has one; whoever was erased has none."""
    client = view.clients.get(client_key)
    contacts = () if client is None else client.contacts
    return next((contact.name for contact in contacts if contact.key == person), person)
