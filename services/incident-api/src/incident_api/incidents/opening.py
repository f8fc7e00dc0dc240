"""An incident begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.events import IncidentOpened
from tocsin_contracts.words import ImpactLevel, Kind, Severity, Status, Visibility

from incident_api.audience.rules import Concern, concerned_clients, is_routed
from incident_api.directory.view import DirectoryView
from incident_api.incidents.lifecycle import for_clients
from incident_api.incidents.model import Incident
from incident_api.incidents.publication import BY_PEOPLE, start_of
from incident_api.incidents.recording import Recording


@dataclass(frozen=True)
class Draft:
    """What is known of an incident before it is one.

    ``source`` says where from, for the timeline; ``origin`` is what the rules of publication ask
    for. ``visibility`` ``None`` leaves it to them. System and client keys are those the directory
    knows.
    """

    title: str
    severity: Severity
    source: str
    description: str | None = None
    impact: str | None = None
    impact_level: ImpactLevel | None = None
    system_keys: tuple[str, ...] = ()
    client_keys: tuple[str, ...] = ()
    exclude_client_keys: tuple[str, ...] = ()
    first_steps: str | None = None
    eta: datetime | None = None
    started_at: datetime | None = None
    origin: str = BY_PEOPLE
    visibility: Visibility | None = None
    drill: bool = False
    previous_incident_id: str | None = None
    group_key: str | None = None
    firing: int = 0

    @property
    def concern(self) -> Concern:
        return Concern(
            severity=self.severity,
            system_keys=self.system_keys,
            client_keys=self.client_keys,
            exclude_client_keys=self.exclude_client_keys,
        )


def open_incident(
    draft: Draft,
    view: DirectoryView,
    *,
    incident_id: str,
    ref: str,
    actor: str,
    now: datetime,
    part_of: Incident | None = None,
) -> Recording:
    """Decide the audience and tell it; a start that lies ahead of ``now`` is taken as now.

    ``part_of``: another incident speaks for it, so nobody is told and nothing is promised.
    """
    start = start_of(
        view.provider.publication,
        severity=draft.severity,
        source=draft.origin,
        wished=draft.visibility,
    )
    published = start.visibility is Visibility.PUBLISHED
    clients = concerned_clients(view, draft.concern, known_at=now, published=published)
    incident = _incident(draft, view, incident_id, ref, now, start.visibility)
    recording = Recording(incident, clients, actor=actor, now=now)
    recording.audience_changed = bool(clients)
    if part_of is not None:
        recording.change(parent_id=part_of.id)
        recording.promise_nothing()
    if start.confirm_after is not None:
        recording.change(publish_at=now + start.confirm_after)
    recording.tell(
        IncidentOpened,
        f"{draft.source}: {draft.severity}, {_told(len(clients), published, recording)}.",
        kind=for_clients(recording, Kind.INITIAL),
        audience=recording.audience,
    )
    return recording


def _incident(
    draft: Draft,
    view: DirectoryView,
    incident_id: str,
    ref: str,
    now: datetime,
    visibility: Visibility,
) -> Incident:
    return Incident(
        id=incident_id,
        ref=ref,
        sequence=0,
        title=draft.title,
        severity=draft.severity,
        status=Status.INVESTIGATING,
        visibility=visibility,
        routed=is_routed(view, draft.concern),
        started_at=min(draft.started_at or now, now),
        known_at=now,
        drill=draft.drill,
        description=draft.description,
        impact=draft.impact,
        impact_level=draft.impact_level,
        system_keys=draft.system_keys,
        client_keys=draft.client_keys,
        exclude_client_keys=draft.exclude_client_keys,
        first_steps=draft.first_steps,
        eta=draft.eta,
        previous_incident_id=draft.previous_incident_id,
        group_key=draft.group_key,
        firing=draft.firing,
        source=draft.origin,
    )


def _told(count: int, published: bool, recording: Recording) -> str:
    if not recording.incident.routed:
        return "no known system, so no client is told"
    if count == 0:
        return "no client uses what failed"
    clients = "1 client is" if count == 1 else f"{count} clients are"
    if recording.incident.parent_id is not None:
        return f"{clients} concerned, who hear of the incident it is part of"
    return f"{clients} {'told' if published else 'concerned, none told yet'}"
