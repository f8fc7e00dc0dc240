"""What one write does to one incident, gathered: its new state, events and timeline lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import IncidentEvent
from tocsin_contracts.incident import Audience, AudienceClient, IncidentUpdate
from tocsin_contracts.words import Kind
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.incidents.aftermath import Aftermath
from incident_api.incidents.family import Family
from incident_api.incidents.model import Incident
from incident_api.incidents.updates import Update
from incident_api.timeline.lines import Line

SOURCE = "incident-api"


class Recording:
    """Every event raises the sequence and carries the state it left behind.

    ``before`` is the incident as it was; one that is being opened was nothing yet.
    ``actor`` is who acts, as events and timeline record it. ``audience_changed`` and ``moved``
    (client key → new promise) tell the store what of the audience to write. ``aftermath`` is read
    for a resolved or closed incident, ``family`` for a write that may change it, ``update`` for one
    that names it; ``mended`` is how that one reads from now on.
    """

    def __init__(
        self, incident: Incident, clients: Sequence[AudienceClient], *, actor: str, now: datetime
    ) -> None:
        self.before = incident
        self.incident = incident
        self.clients = self._clients_before = tuple(clients)
        self.actor = actor
        self.now = now
        self.events: list[Event[EventData]] = []
        self.lines: list[Line] = []
        self.updates: list[Update] = []
        self.audience_changed = False
        self.removed_clients: set[str] = set()
        self.aftermath = Aftermath()
        self.family = Family()
        self.update: Update | None = None
        self.mended: Update | None = None

    @property
    def whole(self) -> tuple[Recording, ...]:
        """This one and its relatives, to be written together."""
        return (self, *self.family)

    def afresh(self) -> Recording:
        """As if nothing had been done yet."""
        return Recording(self.before, self._clients_before, actor=self.actor, now=self.now)

    @property
    def audience(self) -> Audience:
        return Audience(version=self.incident.audience_version, clients=self.clients)

    def change(self, **values: Any) -> None:
        self.incident = self.incident.having(**values)

    def set_audience(
        self, clients: Sequence[AudienceClient], *, removed: Sequence[str] = ()
    ) -> None:
        """Another composition is another version."""
        self.clients = tuple(clients)
        self.removed_clients.update(removed)
        self.change(audience_version=self.incident.audience_version + 1)
        self.audience_changed = True

    def move_promises(self, field: str, due: Mapping[str, datetime | None]) -> None:
        """Set one of the promises (``next_update_due`` …) of the clients named; no new version."""
        self.clients = tuple(
            client.model_copy(update={field: due[client.client_key]})
            if client.client_key in due
            else client
            for client in self.clients
        )
        self.audience_changed = self.audience_changed or bool(due)

    def promise_nothing(self) -> None:
        """Another incident's messages speak for this one, and keep what is promised."""
        nothing = dict.fromkeys(client.client_key for client in self.clients)
        for promise in ("first_notice_due", "next_update_due", "closure_due"):
            self.move_promises(promise, nothing)

    def tell(
        self,
        data: type[IncidentEvent],
        text: str,
        *,
        kind: Kind | None = None,
        shown: Mapping[str, Any] = {},
        **body: Any,
    ) -> str:
        """Record that ``data`` happened. Returns the event's id.

        ``text`` is its line, ``shown`` what the line carries besides, ``body`` the event's fields.
        """
        self.change(sequence=self.incident.sequence + 1)
        if kind is not None:
            self.change(silent_no_news=self._silent_no_news(kind, body))
        event: Event[EventData] = new_event(
            data(
                incident=self.incident.snapshot(),
                audience_version=self.incident.audience_version,
                actor=self.actor,
                kind=kind,
                **body,
            ),
            source=SOURCE,
            subject=self.incident.id,
            now=self.now,
            sequence=self.incident.sequence,
        )
        self.events.append(event)
        self.note(_word(data), text, event_id=event.id, data={"kind": kind, **shown})
        return event.id

    def _silent_no_news(self, kind: Kind, body: Mapping[str, Any]) -> int:
        """How many "no news" without words clients got in a row; a correction is no news either."""
        if kind is Kind.CORRECTION:
            return self.incident.silent_no_news
        update = body.get("update")
        silent = kind is Kind.NO_NEWS and isinstance(update, IncidentUpdate) and not update.message
        return self.incident.silent_no_news + 1 if silent else 0

    def announce(self, data: EventData, text: str, *, shown: Mapping[str, Any] = {}) -> None:
        """An event beside the incident's state: no sequence of its own, but a line."""
        event = new_event(data, source=SOURCE, subject=self.incident.id, now=self.now)
        self.events.append(event)
        self.note(_word(type(data)), text, event_id=event.id, data=shown)

    def note(
        self, word: str, text: str, *, event_id: str | None = None, data: Mapping[str, Any] = {}
    ) -> None:
        """A line on the timeline that is no event of its own."""
        self.lines.append(
            Line(
                id=uuid7(),
                incident_id=self.incident.id,
                sequence=self.incident.sequence,
                at=self.now,
                type=word,
                actor=self.actor,
                text=text,
                event_id=event_id,
                data=data,
            )
        )


def _word(data: type[EventData]) -> str:
    """``tocsin.incident.audience_changed.v1`` → ``audience_changed``."""
    return data.event_type.split(".")[-2]
