""" "No news" is an update too: clients hear in time that there is nothing to hear."""

from __future__ import annotations

from datetime import datetime

from incident_api.directory.view import DirectoryView
from incident_api.incidents.recording import Recording
from incident_api.incidents.updates import Update
from incident_api.incidents.updating import Wording, write_update
from incident_api.web.problem import invalid

MOST_IN_A_ROW = 2
"""Without words of one's own; a client that reads the same sentence thrice stops believing it."""


def say_no_news(
    recording: Recording, view: DirectoryView, message: str | None, next_update_at: datetime | None
) -> Update:
    """Raises 422 for one more without words."""
    if message is None and recording.incident.silent_no_news >= MOST_IN_A_ROW:
        raise invalid(
            "/message",
            f"Clients were told twice that there is no news; say in one sentence what is being"
            f" done about {recording.incident.ref}.",
        )
    wording = Wording(
        message=message or "",
        occurred_at=recording.now,
        sets={},
        next_update_at=next_update_at,
        no_news=True,
    )
    return write_update(recording, wording, view)
