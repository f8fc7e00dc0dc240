"""What a request says that only the directory, the audience or the clock can judge."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from incident_api.directory.view import DirectoryView
from incident_api.incidents.model import Incident
from incident_api.incidents.recording import Recording
from incident_api.web.field_error import FieldError
from incident_api.web.problem import Problem, invalid


def check_references(view: DirectoryView, given: Mapping[str, Any]) -> None:
    """Every system and client named must be in the directory: a typo would tell nobody."""
    errors = [
        *_unknown(given, "system_keys", view.systems, "system"),
        *_unknown(given, "client_keys", view.clients, "client"),
        *_unknown(given, "exclude_client_keys", view.clients, "client"),
    ]
    if errors:
        raise Problem("invalid", f"{errors[0].pointer}: {errors[0].detail}", errors=errors)


def _unknown(
    given: Mapping[str, Any], field: str, known: Container[str], what: str
) -> Iterable[FieldError]:
    for place, key in enumerate(given.get(field) or ()):
        if key not in known:
            yield FieldError(f"/{field}/{place}", f"The directory has no {what} '{key}'.")


def check_told(recording: Recording, pointers: Mapping[str, str]) -> None:
    """Clients that are written to must be in the audience; ``pointers`` by client key."""
    told = {client.client_key for client in recording.clients}
    for key, pointer in pointers.items():
        if key not in told:
            raise invalid(
                pointer,
                f"'{key}' is not in the audience; PATCH the incident's client_keys to add it.",
            )


def check_contact(view: DirectoryView, client_key: str, contact: str) -> None:
    """Whoever counts for a promise is one of the client's own contacts."""
    client = view.clients.get(client_key)
    known = [one.key for one in client.contacts] if client else []
    if contact not in known:
        listed = ", ".join(known) or "none"
        raise invalid("/contact", f"'{client_key}' has no contact '{contact}'; known: {listed}.")


def check_later(moment: datetime | None, now: datetime, pointer: str) -> None:
    if moment is not None and moment <= now:
        raise invalid(pointer, "This time has passed already; it must be still to come.")


def check_eta(eta: datetime | None, recording: Recording) -> None:
    """One that stands already may be sent again, although it has passed since: nothing changes."""
    if eta != recording.incident.eta:
        check_later(eta, recording.now, "/eta")


EARLIER = timedelta(hours=24)
"""So long before its start what led to an incident is still told as part of it."""


def check_occurred(moment: datetime | None, incident: Incident, now: datetime) -> None:
    """A wrong day or year is a slip; what led to an incident may be noted."""
    check_past(moment, now, "/occurred_at")
    if moment is not None and moment < incident.started_at - EARLIER:
        raise invalid(
            "/occurred_at",
            f"This is more than 24 hours before {incident.ref} started, at"
            f" {incident.started_at:%Y-%m-%d %H:%M} UTC; check the date.",
        )


def check_past(moment: datetime | None, now: datetime, pointer: str) -> None:
    if moment is not None and moment > now:
        raise invalid(pointer, "This time is still to come; it must have passed already.")
