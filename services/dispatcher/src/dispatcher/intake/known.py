"""An incident as far as it is known here; the newest event wins, an older one changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot

from dispatcher.planning.scope import audience_after


@dataclass(frozen=True)
class Known:
    """``settled_sequence`` is of the last resolve, closure or cancellation, and
    ``acknowledged_sequence`` of the last acknowledgement; 0 where there was none."""

    epoch: int
    sequence: int
    snapshot: IncidentSnapshot
    audience: Audience | None = None
    settled_sequence: int = 0
    acknowledged_sequence: int = 0
    parent_ref: str | None = None
    """The name of the incident that spoke for it when it was loaded, where that is known here."""

    @property
    def spoken_for_by(self) -> str | None:
        parent = self.snapshot.parent_id
        return self.parent_ref or parent if parent is not None else None

    @property
    def position(self) -> tuple[int, int]:
        return self.epoch, self.sequence

    def client(self, key: str) -> AudienceClient | None:
        clients = self.audience.clients if self.audience else ()
        return next((client for client in clients if client.client_key == key), None)


def is_older(known: Known | None, event: Event[e.IncidentEvent]) -> bool:
    return known is not None and event.position < known.position


def advance(known: Known | None, event: Event[e.IncidentEvent]) -> Known:
    """What is known after ``event``."""
    if known is not None and is_older(known, event):
        return known
    incident = event.data.incident
    if known is None or event.epoch > known.epoch:
        # The first we hear, or numbers that started anew: nothing counted before holds on.
        known = Known(event.epoch, event.sequence, incident, known.audience if known else None)
    return replace(
        known,
        sequence=event.sequence,
        snapshot=incident,
        audience=audience_after(event.data, known.audience),
        settled_sequence=known.settled_sequence if incident.status.is_open else event.sequence,
        acknowledged_sequence=_acknowledged(known, event),
    )


def _acknowledged(known: Known, event: Event[e.IncidentEvent]) -> int:
    if isinstance(event.data, e.IncidentAcknowledged):
        return event.sequence
    was, now = known.snapshot.acknowledged_at, event.data.incident.acknowledged_at
    return event.sequence if now and now != was else known.acknowledged_sequence
