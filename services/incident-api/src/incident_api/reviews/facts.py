"""What a review is built from: everything known of one incident, internal words included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.incident import AudienceClient

from incident_api.directory.view import DirectoryView
from incident_api.incidents.closure import Closure
from incident_api.incidents.model import Incident
from incident_api.incidents.updates import Update
from incident_api.promises.model import Promised
from incident_api.timeline.feedback import Feedback
from incident_api.timeline.lines import Line


@dataclass(frozen=True)
class Told:
    """Messages of one kind that told one client of one event on one channel, in one state.

    ``at`` is when the first of them got there. ``client_key`` ``None``: staff.
    """

    cause_id: str
    kind: str
    client_key: str | None
    channel: str
    state: str
    count: int
    at: datetime


@dataclass(frozen=True)
class Missed:
    """A message that did not get there, and why."""

    client_key: str | None
    person: str
    channel: str
    kind: str
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class Facts:
    """``lines``, ``updates`` and ``told`` oldest first; ``now`` is when the review is made."""

    incident: Incident
    audience: Sequence[AudienceClient]
    view: DirectoryView
    now: datetime
    lines: Sequence[Line] = ()
    updates: Sequence[Update] = ()
    told: Sequence[Told] = ()
    promised: Sequence[Promised] = ()
    closure: Closure | None = None
    missed: Sequence[Missed] = ()
    feedback: Sequence[Feedback] = ()
