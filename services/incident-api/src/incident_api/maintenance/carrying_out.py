"""One request on one window: lock it, let it change, write it, answer it as it is now."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Response
from tocsin_runtime.database import Connection

from incident_api.audience.binding import check_digest
from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.maintenance import store
from incident_api.maintenance.addressed import addressed
from incident_api.maintenance.lifecycle import NotNow
from incident_api.maintenance.model import Window
from incident_api.maintenance.recording import WindowRecording
from incident_api.maintenance.shown import window_shown
from incident_api.maintenance.writing import write
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, Once
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem, not_found

Act = Callable[[WindowRecording, DirectoryView], Answer | None]
"""Changes the recording; may return what to answer instead of the window."""


async def carry_out(
    id_or_ref: str,
    act: Act,
    *,
    request: Request,
    actor: Actor,
    once: Once,
    digest: str | None = None,
) -> Response:
    """Runs ``act`` in one transaction, once per Idempotency-Key, honouring ``If-Match`` and the
    ``audience_digest`` of a preview."""
    parts = once.parts

    async def effect(conn: Connection) -> Answer:
        window = await store.lock(conn, id_or_ref)
        if window is None:
            raise not_found("maintenance window", id_or_ref)
        check_if_match(request, window.sequence)
        recording = WindowRecording(window, actor=actor.label, now=parts.clock.now(), before=window)
        try:
            answer = act(recording, await read_view(conn))
        except NotNow as refusal:
            raise Problem("conflict", str(refusal)) from refusal
        if recording.lines:
            check_digest(digest, addressed(recording))
        await write(conn, parts.outbox, parts.clocks, recording)
        return answer or answered(recording.window, parts, 200)

    return await once.run(actor.key_id, effect)


def answered(window: Window, parts: Parts, status: int) -> Answer:
    headers = {"ETag": etag(window.sequence)}
    if status == 201:
        headers["Location"] = f"/v1/maintenance-windows/{window.ref}"
    return Answer(status, window_shown(window, public_url=parts.public_url), headers)
