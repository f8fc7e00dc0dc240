"""One write, whole: state, timeline, outbox and clocks in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_runtime.database import Connection
from tocsin_runtime.timers import Timer

from incident_api.alerts import store as alerts_store
from incident_api.alerts.store import Alert
from incident_api.directory.view import DirectoryView
from incident_api.incidents import store
from incident_api.incidents.publication import holding_due
from incident_api.incidents.recording import Recording
from incident_api.web.parts import Parts

PUBLISH = "publish"
HOLDING_NOTICE = "holding_notice"
"""Kinds of timers; see ``publication_clock.py``."""


async def write(
    conn: Connection,
    parts: Parts,
    recordings: Sequence[Recording],
    view: DirectoryView,
    *,
    alerts: Sequence[Alert] = (),
    retired: Sequence[str] = (),
) -> None:
    """Recordings in which nothing happened are left out.

    ``alerts`` are what their keys mean from now on, ``retired`` the rows that said so before.
    """
    happened = [recording for recording in recordings if recording.lines]
    timers = [timer for recording in happened for timer in _clocked(recording, view)]
    if retired:
        await alerts_store.retire(conn, retired)
    if happened or alerts:
        await store.save(conn, happened, alerts)
    for recording in happened:
        if recording.mended is not None:
            await store.mend_update(conn, recording.mended)
    await parts.outbox.add(conn, [event for recording in happened for event in recording.events])
    await parts.clocks.arm(conn, timers)


def _clocked(recording: Recording, view: DirectoryView) -> list[Timer]:
    """Whatever happened may have moved the moment of the holding notice.

    A timer whose moment fell away is left to find nothing to do.
    """
    before, now = recording.before, recording.now
    due = holding_due(recording.incident, recording.clients, view.provider.publication, now)
    recording.change(holding_due_at=due)
    moments = {
        PUBLISH: (before.publish_at, recording.incident.publish_at),
        HOLDING_NOTICE: (before.holding_due_at, due),
    }
    subject = recording.incident.id
    return [
        Timer(kind, f"{subject}:{moment.isoformat()}", subject, moment)
        for kind, (was, moment) in moments.items()
        if moment is not None and moment != was
    ]
