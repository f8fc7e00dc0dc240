"""Previews of planned work: what its calls and its own clock would tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin_contracts.events import MaintenanceAnnounced
from tocsin_contracts.words import Kind
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.audience.digest import audience_digest
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.maintenance import bodies, lifecycle, store
from incident_api.maintenance.addressed import addressed
from incident_api.maintenance.announcing import refuse_change, refuse_new, window_of
from incident_api.maintenance.lifecycle import NotNow
from incident_api.maintenance.recording import WindowRecording
from incident_api.preview.bodies import Preview
from incident_api.preview.calls import read
from incident_api.preview.tried import Tried
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem, not_found

A_DAY = 24.0


async def tried_on_window(parts: Parts, asked: Preview, *, actor: str) -> Tried:
    """Raises the problem with which the call would be refused."""
    async with parts.database.transaction() as conn:
        view = await read_view(conn)
        recording = await _begun(conn, parts, view, asked, actor)
    if asked.kind is Kind.MAINTENANCE_ENDED and asked.incident is not None:
        # It would have started by then; what starting says was said.
        lifecycle.start(recording, view, at=recording.now)
        recording.events.clear()
    if asked.kind is not Kind.MAINTENANCE_ANNOUNCED:
        recording.events.clear()
        try:
            _act(recording, view, asked.kind, asked.update or {})
        except NotNow as refusal:
            raise Problem("conflict", str(refusal)) from refusal
    elif not recording.events:
        _announced_again(recording)
    return Tried(
        revision=view.revision,
        digest=audience_digest(addressed(recording)),
        events=tuple(recording.events),
        audience=recording.window.audience,
    )


async def _begun(
    conn: Connection, parts: Parts, view: DirectoryView, asked: Preview, actor: str
) -> WindowRecording:
    """The window that there is, or one announced from its body."""
    now = parts.clock.now()
    if asked.incident is not None:
        body = read(bodies.NewWindow, asked.incident, "/incident")
        window = window_of(body, now, uuid7(), await store.next_ref(conn))
        refuse_new(window, body, view, now)
        return lifecycle.announce(window, view, actor=actor, now=now)
    found = await store.find(conn, asked.incident_id or "")
    if found is None:
        raise not_found("maintenance window", asked.incident_id or "")
    return WindowRecording(found, actor=actor, now=now, before=found)


def _announced_again(recording: WindowRecording) -> None:
    """As it is said to whom it concerns by now."""
    recording.tell(MaintenanceAnnounced, "Announced.", kind=Kind.MAINTENANCE_ANNOUNCED)


def _act(
    recording: WindowRecording, view: DirectoryView, kind: Kind, given: Mapping[str, Any]
) -> None:
    match kind:
        case Kind.MAINTENANCE_RESCHEDULED:
            body = read(bodies.WindowPatch, given, "/update")
            refuse_change(recording, body, view)
            lifecycle.change(recording, body.wanted(), view, reason=body.reason, notify=body.notify)
        case Kind.MAINTENANCE_CANCELLED:
            lifecycle.cancel(recording, read(bodies.Cancel, given, "/update").reason)
        case Kind.MAINTENANCE_STARTED:
            lifecycle.start(recording, view, at=recording.now)
        case Kind.MAINTENANCE_ENDED:
            end = read(bodies.End, given, "/update")
            lifecycle.end(recording, end.outcome, end.message)
        case _:
            hours = next(iter(recording.window.remind_hours_before), A_DAY)
            lifecycle.remind(recording, view, hours)
