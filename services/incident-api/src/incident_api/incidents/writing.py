"""One write, whole: state, timeline and outbox in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import Outbox

from incident_api.incidents import store
from incident_api.incidents.recording import Recording


async def write(conn: Connection, outbox: Outbox, recordings: Sequence[Recording]) -> None:
    """Recordings in which nothing happened are left out."""
    happened = [recording for recording in recordings if recording.lines]
    if not happened:
        return
    await store.save(conn, happened)
    await outbox.add(conn, [event for recording in happened for event in recording.events])
