"""An outage that has not happened, as the events that this service would publish of it.

The decisions are the very ones of the calls: opening, publishing, acknowledging, writing and
resolving, each at its moment. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import IncidentStepAnswered
from tocsin_contracts.simulation import LAST_CALLED
from tocsin_contracts.words import Verb, Visibility
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.directory.view import DirectoryView
from incident_api.incidents import lifecycle
from incident_api.incidents.opening import Draft, open_incident
from incident_api.incidents.recording import SOURCE, Recording
from incident_api.incidents.updating import Wording, write_update
from incident_api.simulation.bodies import A_DAY, Simulation

ACTOR = "system:simulation"
REF = "INC-0"

Act = Callable[[Recording], None]


@dataclass(frozen=True)
class Script:
    """``events`` in the order of their times, ``until`` the end of the play."""

    events: tuple[Event[EventData], ...]
    until: datetime


def script(asked: Simulation, view: DirectoryView) -> Script:
    recording = _opened(asked, view)
    events = list(recording.events)
    for moment, act in sorted(_acts(asked, view), key=lambda pair: pair[0]):
        recording = Recording(recording.incident, recording.clients, actor=ACTOR, now=moment)
        act(recording)
        events += recording.events
    return Script(tuple(events), _moment(asked, _end(asked)))


def _end(asked: Simulation) -> float:
    return A_DAY if asked.resolved_after_minutes is None else asked.resolved_after_minutes


def _moment(asked: Simulation, minutes: float) -> datetime:
    return asked.started_at.astimezone(UTC) + timedelta(minutes=minutes)


def _opened(asked: Simulation, view: DirectoryView) -> Recording:
    now = _moment(asked, 0)
    at_once = asked.published_after_minutes is None
    draft = Draft(
        title="Simulation",
        severity=asked.severity,
        source="Simulated",
        system_keys=asked.system_keys,
        client_keys=asked.client_keys,
        exclude_client_keys=asked.exclude_client_keys,
        started_at=now,
        visibility=Visibility.PUBLISHED if at_once else Visibility.INTERNAL,
    )
    return open_incident(draft, view, incident_id=uuid7(), ref=REF, actor=ACTOR, now=now)


def _acts(asked: Simulation, view: DirectoryView) -> Iterator[tuple[datetime, Act]]:
    """What comes after the end does not come; of what comes at one moment, in this order."""
    given: list[tuple[float | None, Act]] = [
        (asked.published_after_minutes, lambda now: lifecycle.publish(now, view)),
        (asked.acknowledged_after_minutes, lifecycle.acknowledge),
        (asked.taken_after_minutes, _take),
        *((at, lambda now: _update(now, view)) for at in asked.updates_at_minutes),
        (asked.resolved_after_minutes, lambda now: lifecycle.resolve(now, view)),
    ]
    for minutes, act in given:
        if minutes is not None and minutes <= _end(asked):
            yield _moment(asked, minutes), act


def _update(recording: Recording, view: DirectoryView) -> None:
    write_update(recording, Wording(message="Update.", occurred_at=recording.now, sets={}), view)


def _take(recording: Recording) -> None:
    data = IncidentStepAnswered(
        incident_id=recording.incident.id,
        verb=Verb.TAKE,
        person=LAST_CALLED,
        answered_at=recording.now,
        by=ACTOR,
    )
    recording.events.append(
        new_event(data, source=SOURCE, subject=recording.incident.id, now=recording.now)
    )
