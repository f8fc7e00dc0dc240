"""A request that sends: bound to what a preview showed, and done now or held for some seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import Request, Response
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.timers import Timer

from incident_api.audience.binding import check_digest
from incident_api.audience.digest import audience_digest
from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents import acts, holds_store
from incident_api.incidents.acting import B, Place, Writing, acted, load, load_with_family
from incident_api.incidents.addressed import addressed
from incident_api.incidents.bodies import Sends
from incident_api.incidents.carrying_out import answered
from incident_api.incidents.holds import KIND, Hold
from incident_api.incidents.model import Incident
from incident_api.incidents.recording import Recording
from incident_api.incidents.writing import write
from incident_api.web.etags import check_if_match
from incident_api.web.idempotency import Answer, Once
from incident_api.web.parts import Parts
from incident_api.web.shown import plain


async def send(
    writing: Writing[B],
    place: Place,
    body: B,
    *,
    request: Request,
    actor: Actor,
    once: Once,
) -> Response:
    """Once per Idempotency-Key, honouring ``If-Match``, ``audience_digest`` and ``hold_seconds``.

    What is to be held is tried first, so whoever writes it hears at once what is wrong with it.
    """
    parts = once.parts

    async def effect(conn: Connection) -> Answer:
        view, now = await read_view(conn), parts.clock.now()
        recording = await load_for(conn, writing, place, body, actor=actor.label, now=now)
        check_if_match(request, recording.incident.sequence)
        answer = acted(writing.act(body), recording, view)
        if any(one.lines for one in recording.whole):
            check_digest(body.audience_digest, addressed(recording.whole))
            if body.hold_seconds:
                return await hold(conn, parts, writing, place, body, recording, view)
        await write(conn, parts, recording.whole, view)
        return answer or await answered(conn, recording, parts)

    return await once.run(actor.key_id, effect)


async def load_for(
    conn: Connection, writing: Writing[B], place: Place, body: B, *, actor: str, now: datetime
) -> Recording:
    if not writing.family:
        return await load(conn, place, actor=actor, now=now)
    return await load_with_family(conn, place, writing.wanted(body), actor=actor, now=now)


async def hold(
    conn: Connection,
    parts: Parts,
    writing: Writing[B],
    place: Place,
    body: B,
    tried: Recording,
    view: DirectoryView,
) -> Answer:
    """Keep ``body`` back; ``tried`` is what it would do, of which nothing is written."""
    until = tried.now + timedelta(seconds=body.hold_seconds)
    before = tried.before
    kept = Hold(
        id=uuid7(),
        incident_id=before.id,
        act=writing.name,
        body=said(body),
        actor=tried.actor,
        sequence=before.sequence,
        audience_version=before.audience_version,
        audience_digest=audience_digest(addressed(tried.whole)),
        until=until,
        created_at=tried.now,
        update_id=place.update_id,
    )
    noted = tried.afresh()
    sentence = f"Held until {until:%H:%M:%S} UTC: {writing.name}."
    noted.note("held", sentence, data={"hold_id": kept.id, "act": kept.act})
    await write(conn, parts, [noted], view)
    await holds_store.insert(conn, kept)
    await parts.clocks.arm(conn, [Timer(KIND, kept.id, before.id, until)])
    note = _overtaken(before, until) if writing is acts.PUBLISH else {}
    return Answer(202, {"hold": {"id": kept.id, "until": plain(until)}, **note})


def _overtaken(incident: Incident, until: datetime) -> dict[str, str]:
    """Whoever holds a publication past the promised first notice hears what goes instead."""
    due = incident.holding_due_at
    if due is None or due >= until:
        return {}
    return {
        "note": f"Clients of {incident.ref} are promised word before that: at {due:%H:%M:%S} UTC"
        " they hear that we are checking, unless this is sent before with"
        " POST /v1/holds/{id}/release."
    }


def said(body: Sends) -> dict[str, object]:
    """What is needed to do it later, and nothing that only was about when."""
    return body.model_dump(
        mode="json", exclude_unset=True, exclude={"hold_seconds", "audience_digest"}
    )
