"""The clocks of an incident nobody has published: the confirmation delay, the holding notice.

Publishing, whoever does it, and the holding notice take the incident's row, so one of them comes
first and the other finds the state it left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tocsin_runtime.database import Connection
from tocsin_runtime.timers import Timer

from incident_api.clocks.clocks import Handlers
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents import acts, holding_notice, holds_store, store
from incident_api.incidents.lifecycle import NotNow, publish
from incident_api.incidents.publication import holds_now, publishes_now
from incident_api.incidents.recording import Recording
from incident_api.incidents.writing import HOLDING_NOTICE, PUBLISH, write
from incident_api.web.parts import Parts

ACTOR = "rule:publication"
A_MOMENT = timedelta(seconds=1)


def handlers(parts: Parts) -> Handlers:
    async def look(conn: Connection, timer: Timer, now: datetime) -> None:
        incident = await store.lock(conn, timer.subject)
        if incident is None:
            return
        clients = await store.read_audience(conn, incident.id)
        recording = Recording(incident, clients, actor=ACTOR, now=now)
        view = await read_view(conn)
        held = await holds_store.held_until(conn, incident.id, acts.PUBLISH.name)
        if held is not None and timer.kind == PUBLISH:
            # Somebody is publishing it already, or takes that back: look again after that.
            await parts.clocks.arm(conn, [_again(timer, max(held, now) + A_MOMENT)])
        elif held is not None and notice_when_due(recording, view):
            # What clients are promised does not wait; the publication still follows.
            await write(conn, parts, [recording], view)
            await holds_store.carry_over(
                conn, acts.PUBLISH.name, before=recording.before, now=recording.incident
            )
        elif held is None and act_when_due(recording, view):
            await write(conn, parts, [recording], view)

    return {PUBLISH: look, HOLDING_NOTICE: look}


def _again(timer: Timer, at: datetime) -> Timer:
    return replace(timer, key=f"{timer.subject}:{at.isoformat()}", due_at=at)


def act_when_due(recording: Recording, view: DirectoryView) -> bool:
    """What is due by now, if anything is; whether something happened."""
    incident, now = recording.incident, recording.now
    if publishes_now(incident, now):
        publish(recording, view, because="it is still there after the confirmation delay")
        return True
    return notice_when_due(recording, view)


def notice_when_due(recording: Recording, view: DirectoryView) -> bool:
    """The holding notice, if that is due by now; whether it happened."""
    if not holds_now(recording.incident, recording.now):
        return False
    try:
        holding_notice.issue(recording, view)
    except NotNow:
        return False  # whom it concerned has left the directory
    return True
