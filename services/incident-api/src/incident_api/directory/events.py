"""A revision as events: what changed on each topic, then that it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_runtime.outbox import new_event

from incident_api.directory.changes import News
from incident_api.directory.document import CLIENT, PLAN, POLICY, PROVIDER, SYSTEM, TEAM, TEMPLATE
from incident_api.directory.people import STAFF

SOURCE = "incident-api"
ORDERING_KEY = "directory"
_STAFF_LANE = "-"
"""Where a client's key would stand; no client's key can be this."""

_EVENT_OF_KIND: dict[str, type[e.DirectoryEvent]] = {
    PROVIDER.name: e.ProviderChanged,
    SYSTEM.name: e.SystemChanged,
    CLIENT.name: e.ClientChanged,
    TEAM.name: e.TeamChanged,
    PLAN.name: e.PlanChanged,
    POLICY.name: e.PolicyChanged,
    TEMPLATE.name: e.TemplateChanged,
}


def directory_events(news: News, revision: int, now: datetime) -> list[Event[EventData]]:
    """For ``tocsin.directory``."""
    found: list[Event[EventData]] = []
    for (kind, key), document in news.documents.items():
        fields: dict[str, Any] = {"revision": revision, "key": key, "document": document}
        found.append(_event(_EVENT_OF_KIND[kind](**fields), f"{kind}:{key}", revision, now))
    return [*found, _completed(revision, now)]


def contact_events(news: News, revision: int, now: datetime) -> list[Event[EventData]]:
    """For ``tocsin.contacts``; somebody who is gone has no name any more."""
    return [*_contacts(news, revision, now), _completed(revision, now)]


def _contacts(news: News, revision: int, now: datetime) -> Iterator[Event[EventData]]:
    for (client_key, person), reach in news.people.items():
        data = e.ContactChanged(
            revision=revision,
            client_key=None if client_key == STAFF else client_key,
            person=person,
            name="" if reach is None else reach.name,
            addresses=None if reach is None else reach.addresses,
        )
        yield _event(data, f"{client_key or _STAFF_LANE}/{person}", revision, now)


def contact_erased(client_key: str, person: str, revision: int, now: datetime) -> Event[EventData]:
    """For ``tocsin.directory``; a subject of its own, beside the client's newest entry."""
    data = e.ContactErased(revision=revision, client_key=client_key, person=person)
    return _event(data, f"erased:{client_key}/{person}", revision, now)


def _completed(revision: int, now: datetime) -> Event[EventData]:
    return _event(e.RevisionCompleted(revision=revision), "revision", revision, now)


def _event(data: EventData, subject: str, revision: int, now: datetime) -> Event[EventData]:
    return new_event(data, source=SOURCE, subject=subject, now=now, sequence=revision)
