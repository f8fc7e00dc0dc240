"""Which status the outage had when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from tocsin_contracts.words import Status

from incident_api.incidents.model import Incident
from incident_api.incidents.updates import Update
from incident_api.reviews.model import Phase
from incident_api.timeline.lines import Line

_SETS = {"resolved": Status.RESOLVED, "reopened": Status.INVESTIGATING}


def phases(
    incident: Incident, updates: Iterable[Update], lines: Iterable[Line], *, now: datetime
) -> tuple[Phase, ...]:
    """From the start to the end, or to ``now``; neighbours of one status are one phase."""
    start = incident.started_at
    end = max(incident.resolved_at or now, start)
    turns = sorted({start: Status.INVESTIGATING, **dict(_turns(updates, lines))}.items())
    inside = [(moment, status) for moment, status in turns if start <= moment < end]
    found: list[Phase] = []
    for (moment, status), (until, _) in pairwise([*inside, (end, Status.RESOLVED)]):
        if found and found[-1].status is status:
            moment = found.pop().starts_at
        found.append(Phase(status, moment, until))
    return tuple(found)


def _turns(updates: Iterable[Update], lines: Iterable[Line]) -> Iterator[tuple[datetime, Status]]:
    for line in lines:
        if line.type in _SETS:
            yield moment_of(line), _SETS[line.type]
    for update in updates:
        if update.status is not None and not update.struck:
            yield update.occurred_at, update.status


def moment_of(line: Line) -> datetime:
    """When it was so, where that was noted apart from when it was written."""
    noted = line.data.get("resolved_at")
    return datetime.fromisoformat(noted) if noted else line.at
