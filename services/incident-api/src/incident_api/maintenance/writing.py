"""One write, whole: state, timeline, timers and outbox in the caller's transaction."""

from __future__ import annotations

from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.timers import Timer

from incident_api.clocks.clocks import Clocks
from incident_api.maintenance import store
from incident_api.maintenance.model import Window
from incident_api.maintenance.moments import Moment, to_arm
from incident_api.maintenance.recording import WindowRecording
from incident_api.timeline import store as timeline_store


async def write(
    conn: Connection, outbox: Outbox, clocks: Clocks, recording: WindowRecording
) -> None:
    """A recording in which nothing happened is left out."""
    if not recording.lines:
        return
    window = recording.window
    await store.save(conn, window)
    await timeline_store.add_lines(conn, recording.lines)
    new = to_arm(recording.before, window, recording.now)
    await clocks.arm(conn, [timer_of(window, moment) for moment in new])
    await outbox.add(conn, recording.events)


def timer_of(window: Window, moment: Moment) -> Timer:
    """The moment is part of the key: where it moves, the timer of the one that fell stays behind
    and finds nothing to do."""
    hours = moment.hours_before
    return Timer(
        kind=moment.kind,
        key=f"{window.id}/{moment.at.isoformat()}/{hours or 0:g}",
        subject=window.id,
        due_at=moment.at,
        payload={"at": moment.at.isoformat(), "hours_before": hours},
    )
