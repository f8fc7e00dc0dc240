"""From a tool's alert to the incident it may open, where no integration says otherwise."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from incident_api.alerts.board import Arrival
from incident_api.directory.view import DirectoryView
from incident_api.incidents.opening import Draft
from incident_api.sources.model import IncomingAlert


@dataclass(frozen=True)
class Mapped:
    """An alert with the directory's keys for the systems and clients it names.

    ``unknown`` are the names the directory does not know, for the answer and the timeline.
    """

    alert: IncomingAlert
    system_keys: tuple[str, ...]
    client_keys: tuple[str, ...]
    unknown: tuple[str, ...]

    def arrival(self, integration: str) -> Arrival:
        group = self.alert.join_key
        return Arrival(
            key=self.alert.key,
            status=self.alert.status,
            severity=self.alert.severity,
            starts_at=self.alert.started_at,
            group=None if group is None else f"{integration}:{group}",
            complete=self.alert.complete,
        )

    def draft(self, integration: str, previous_incident_id: str | None, firing: int) -> Draft:
        return Draft(
            title=self.alert.title,
            severity=self.alert.severity,
            source=f"Opened by an alert from {integration}{self._unknown_names()}",
            description=self.alert.description,
            system_keys=self.system_keys,
            client_keys=self.client_keys,
            started_at=self.alert.started_at,
            previous_incident_id=previous_incident_id,
            firing=firing,
        )

    def _unknown_names(self) -> str:
        return f", which names unknown {', '.join(self.unknown)}" if self.unknown else ""

    def unknown_sentence(self) -> str:
        if not self.unknown:
            return ""
        return f" Not in the directory: {', '.join(self.unknown)}."


def mapped(alert: IncomingAlert, view: DirectoryView) -> Mapped:
    systems, strange_systems = _known(alert.systems, view.systems)
    clients, strange_clients = _known(alert.clients, view.clients)
    return Mapped(alert, systems, clients, (*strange_systems, *strange_clients))


def _known(
    names: Iterable[str], directory: Container[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys are lower case; tools are not always."""
    known: dict[str, None] = {}
    unknown: list[str] = []
    for name in names:
        key = name if name in directory else name.lower()
        if key in directory:
            known[key] = None
        else:
            unknown.append(name)
    return tuple(known), tuple(unknown)
