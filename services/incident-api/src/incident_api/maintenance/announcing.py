"""``POST /v1/maintenance-windows`` and what a change of one may not be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import Response
from tocsin_contracts.words import MaintenanceStatus
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.audience.binding import check_digest
from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.maintenance import checks, lifecycle, store
from incident_api.maintenance.addressed import addressed
from incident_api.maintenance.bodies import DEFAULT_REMINDERS, NewWindow, WindowPatch
from incident_api.maintenance.carrying_out import answered
from incident_api.maintenance.model import Window
from incident_api.maintenance.moments import lead_hours
from incident_api.maintenance.recording import WindowRecording
from incident_api.maintenance.writing import write
from incident_api.web.field_error import FieldError
from incident_api.web.idempotency import Answer, Once
from incident_api.web.problem import all_invalid

_GIVEN = (
    *("title", "system_keys", "starts_at", "ends_at", "impact", "impact_level", "purpose"),
    *("preparation", "object_by", "alerts"),
)

_TIMES = ("starts_at", "ends_at", "object_by")


async def announce(body: NewWindow, actor: Actor, once: Once) -> Response:
    parts = once.parts

    async def effect(conn: Connection) -> Answer:
        view, now = await read_view(conn), parts.clock.now()
        window = window_of(body, now, uuid7(), await store.draw_ref(conn))
        refuse_new(window, body, view, now)
        recording = lifecycle.announce(window, view, actor=actor.label, now=now)
        check_digest(body.audience_digest, addressed(recording))
        await write(conn, parts.outbox, parts.clocks, recording)
        return answered(recording.window, parts, 201)

    return await once.run(actor.key_id, effect)


def window_of(body: NewWindow, now: datetime, window_id: str, ref: str) -> Window:
    reminders = body.remind_hours_before
    return Window(
        id=window_id,
        ref=ref,
        sequence=0,
        status=MaintenanceStatus.SCHEDULED,
        created_at=now,
        remind_hours_before=lead_hours(DEFAULT_REMINDERS, body.starts_at, now)
        if reminders is None
        else reminders,
        **{name: getattr(body, name) for name in _GIVEN},
    )


def refuse_new(window: Window, body: NewWindow, view: DirectoryView, now: datetime) -> None:
    _refuse(
        [
            *checks.faults_of_future(window.starts_at, now, "/starts_at"),
            *checks.faults_of_times(window.starts_at, window.ends_at, window.object_by),
            *checks.faults_of_future(window.object_by, now, "/object_by"),
            *checks.faults_of_reminders(body.remind_hours_before or (), window.starts_at, now),
            *checks.faults_of_systems(window.system_keys, view.systems),
        ]
    )


def refuse_change(recording: WindowRecording, body: WindowPatch, view: DirectoryView) -> None:
    """What has passed already may stand, as long as nobody moves it there."""
    before, wanted, now = recording.window, body.wanted(), recording.now
    after = before.having(**wanted)
    moved = [n for n in _TIMES if getattr(after, n) != getattr(before, n)]
    faults = [
        *(f for n in moved for f in checks.faults_of_future(getattr(after, n), now, f"/{n}")),
        *checks.faults_of_times(after.starts_at, after.ends_at, after.object_by),
        *checks.faults_of_reminders(wanted.get("remind_hours_before", ()), after.starts_at, now),
        *checks.faults_of_systems(wanted.get("system_keys", ()), view.systems),
    ]
    _refuse(faults)


def _refuse(faults: Sequence[FieldError]) -> None:
    if faults:
        raise all_invalid(faults)
