"""A write that is kept back for some seconds, so that whoever wrote it can still undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from incident_api.audience.digest import audience_digest
from incident_api.incidents.addressed import addressed
from incident_api.incidents.recording import Recording

KIND = "hold"
"""Of the timer that releases it; the timer's key is the hold's id."""


class HoldState(StrEnum):
    HELD = "held"
    """It is done when its time is over, or sooner by hand."""
    SENT = "sent"
    """It was done."""
    UNDONE = "undone"
    """Whoever wrote it took it back."""
    DROPPED = "dropped"
    """The incident moved on in the meantime; kept as a draft for somebody to look at."""
    DISCARDED = "discarded"
    """Somebody has looked at the draft and wants it no more."""


@dataclass(frozen=True)
class Hold:
    """``act`` names the call and ``body`` is what it said; the rest is what it was written upon."""

    id: str
    incident_id: str
    act: str
    body: Mapping[str, Any]
    actor: str
    sequence: int
    audience_version: int
    audience_digest: str
    until: datetime
    created_at: datetime
    update_id: str | None = None
    state: HoldState = HoldState.HELD
    reason: str | None = None
    ended_at: datetime | None = None


COLUMNS = tuple(field.name for field in fields(Hold))


def moved_on(hold: Hold, recording: Recording) -> str | None:
    """Why it must not be done any more, before it is tried again; one sentence."""
    incident = recording.incident
    if incident.audience_version != hold.audience_version:
        return f"Whom {incident.ref} concerns has changed in the meantime."
    if incident.sequence != hold.sequence:
        return f"{incident.ref} has changed in the meantime."
    return None


def readdressed(hold: Hold, recordings: list[Recording]) -> str | None:
    """The same after it was tried: the directory may have changed without the incident."""
    if audience_digest(addressed(recordings)) != hold.audience_digest:
        return "Whom it would tell has changed in the meantime."
    return None
