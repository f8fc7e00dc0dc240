"""A window's own moments: reminders, its start, and the end that was announced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.timers import Timer

from incident_api.clocks.clocks import Clocks, Handler, Handlers
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.maintenance import lifecycle, store
from incident_api.maintenance.moments import (
    OVERRUN,
    REMINDER,
    START,
    Moment,
    is_last_due,
    still_holds,
)
from incident_api.maintenance.recording import WindowRecording
from incident_api.maintenance.writing import write

ACTOR = "system:maintenance"
Act = Callable[[WindowRecording, DirectoryView, Moment], None]


def handlers(outbox: Outbox, clocks: Clocks) -> Handlers:
    """For bootstrap's table of timers."""

    def of(act: Act) -> Handler:
        async def fired(conn: Connection, timer: Timer, now: datetime) -> None:
            await _fired(conn, timer, now, act, lambda r: write(conn, outbox, clocks, r))

        return fired

    return {REMINDER: of(_remind), START: of(_start), OVERRUN: of(_overrun)}


async def _fired(
    conn: Connection,
    timer: Timer,
    now: datetime,
    act: Act,
    written: Callable[[WindowRecording], Awaitable[None]],
) -> None:
    window = await store.lock(conn, timer.subject)
    moment = Moment(
        timer.kind, datetime.fromisoformat(timer.payload["at"]), timer.payload["hours_before"]
    )
    if window is None or not still_holds(window, moment):
        return
    recording = WindowRecording(window, actor=ACTOR, now=now, before=window)
    act(recording, await read_view(conn), moment)
    await written(recording)


def _remind(recording: WindowRecording, view: DirectoryView, moment: Moment) -> None:
    hours = moment.hours_before
    if hours is not None and is_last_due(recording.window, hours, recording.now):
        lifecycle.remind(recording, view, hours)


def _start(recording: WindowRecording, view: DirectoryView, moment: Moment) -> None:
    lifecycle.start(recording, view, at=moment.at)


def _overrun(recording: WindowRecording, _view: DirectoryView, _moment: Moment) -> None:
    lifecycle.overrun(recording)
