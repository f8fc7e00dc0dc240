"""Planned work that may have caused an incident is named on its timeline."""

from __future__ import annotations

from collections.abc import Sequence

from incident_api.incidents.recording import Recording
from incident_api.maintenance.during import Reach, Running, sentence, touching


def note_work(recording: Recording, windows: Sequence[Running], reach: Reach) -> None:
    """A new incident's timeline names the work that may have caused it."""
    near = touching(recording.incident.system_keys, windows, reach)
    if near:
        refs = [one.ref for one in near]
        recording.note(
            "during_maintenance", sentence(near, recording.now), data={"maintenance": refs}
        )
