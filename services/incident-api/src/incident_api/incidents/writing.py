"""One write, whole: state, timeline and outbox in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import Outbox

from incident_api.alerts import store as alerts_store
from incident_api.alerts.store import Alert
from incident_api.incidents import store
from incident_api.incidents.recording import Recording


async def write(
    conn: Connection,
    outbox: Outbox,
    recordings: Sequence[Recording],
    *,
    alerts: Sequence[Alert] = (),
    retired: Sequence[str] = (),
) -> None:
    """Recordings in which nothing happened are left out.

    ``alerts`` are what their keys mean from now on, ``retired`` the rows that said so before.
    """
    happened = [recording for recording in recordings if recording.lines]
    if retired:
        await alerts_store.retire(conn, retired)
    if happened or alerts:
        await store.save(conn, happened, alerts)
    await outbox.add(conn, [event for recording in happened for event in recording.events])
