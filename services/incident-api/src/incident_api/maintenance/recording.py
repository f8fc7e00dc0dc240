"""What one write does to one window, gathered: its new state, events and timeline lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import MaintenanceEvent
from tocsin_contracts.words import Kind
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.audience.changes import Revised
from incident_api.maintenance.model import Window
from incident_api.timeline.lines import Line

SOURCE = "incident-api"


class WindowRecording:
    """Every event raises the sequence and carries the state it left behind.

    ``before`` is the window as it was, ``None`` for one that is announced now.
    """

    def __init__(
        self, window: Window, *, actor: str, now: datetime, before: Window | None = None
    ) -> None:
        self.window = window
        self.before = before
        self.actor = actor
        self.now = now
        self.events: list[Event[EventData]] = []
        self.lines: list[Line] = []

    def change(self, **values: Any) -> None:
        self.window = self.window.having(**values)

    def set_audience(self, revised: Revised) -> None:
        """Another composition is another version."""
        if revised.changed:
            version = self.window.audience_version + 1
            self.change(clients=revised.clients, audience_version=version)

    def tell(
        self,
        data: type[MaintenanceEvent],
        text: str,
        *,
        kind: Kind | None,
        only_clients: tuple[str, ...] | None = None,
        **body: Any,
    ) -> None:
        """Record that ``data`` happened; where nobody is concerned it makes no message."""
        self.change(sequence=self.window.sequence + 1)
        told = kind if self.window.clients else None
        event: Event[EventData] = new_event(
            data(
                window=self.window.snapshot(),
                audience=self.window.audience,
                actor=self.actor,
                kind=told,
                only_clients=only_clients,
                **body,
            ),
            source=SOURCE,
            subject=self.window.id,
            now=self.now,
            sequence=self.window.sequence,
        )
        self.events.append(event)
        self._line(data.event_type.split(".")[-2], text, event.id, {"kind": told})

    def announce(self, data: EventData, text: str) -> None:
        """An event beside the window's state: no sequence of its own, but a line."""
        event = new_event(data, source=SOURCE, subject=self.window.id, now=self.now)
        self.events.append(event)
        self._line(data.event_type.split(".")[-2], text, event.id, {})

    def note(self, word: str, text: str) -> None:
        """A change that no other service needs to know at once."""
        self.change(sequence=self.window.sequence + 1)
        self._line(word, text, None, {})

    def _line(self, word: str, text: str, event_id: str | None, data: dict[str, Any]) -> None:
        self.lines.append(
            Line(
                id=uuid7(),
                incident_id=self.window.id,
                sequence=self.window.sequence,
                at=self.now,
                type=word,
                actor=self.actor,
                text=text,
                event_id=event_id,
                data=data,
            )
        )
