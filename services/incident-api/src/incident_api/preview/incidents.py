"""Previews about an incident: the very acts of the calls, tried on it or on one not opened yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import IncidentEvent, IncidentOpened
from tocsin_contracts.words import Kind, Visibility
from tocsin_runtime.outbox import new_event

from incident_api.audience.digest import audience_digest
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents import acts, store
from incident_api.incidents.acting import Place, acted, load
from incident_api.incidents.addressed import addressed
from incident_api.incidents.bodies import NewIncident
from incident_api.incidents.closure import WORDS
from incident_api.incidents.recording import SOURCE, Recording
from incident_api.incidents.rehearsing import Rehearsed, rehearse, rehearse_opening
from incident_api.preview.bodies import Preview
from incident_api.preview.calls import BEFORE, call_for, read
from incident_api.preview.tried import Tried
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem

FIRST = frozenset({Kind.INITIAL, Kind.APPROVAL_REQUEST})


async def tried_on_incident(parts: Parts, asked: Preview, *, actor: str) -> Tried:
    """Raises the problem with which the call would be refused."""
    if asked.incident is not None:
        return await _on_a_new_one(parts, asked, actor)
    place = Place(asked.incident_id or "")
    call = call_for(asked.kind, asked.update)
    if call is None:
        return await _as_it_is(parts, asked.kind, place, actor)
    place = replace(place, update_id=call.update_id or await _newest_update(parts, asked, place))
    done = await rehearse(parts, call.writing, place, call.body, actor=actor)
    if not _tells(done.recordings):
        as_it_is = await _as_it_is(parts, asked.kind, place, actor)
        return replace(as_it_is, digest=done.audience_digest)
    own = done.recordings[0].afresh()
    return _tried(done.view, done.recordings, own)


async def _on_a_new_one(parts: Parts, asked: Preview, actor: str) -> Tried:
    """Opened, taken through what comes first, and then acted on; all of it in memory."""
    body = read(NewIncident, asked.incident or {}, "/incident")
    call = None if asked.kind in FIRST else call_for(asked.kind, asked.update)
    held = asked.kind is Kind.HOLDING_NOTICE
    visibility = Visibility.INTERNAL if held else Visibility.PUBLISHED
    shown = body.model_copy(update={"visibility": visibility})
    opened = await rehearse_opening(parts, shown, actor=actor, ref=await _next_ref(parts))
    if asked.kind in FIRST:
        # It may tell nobody yet; the call that follows is bound to what it does by itself.
        digest = (await rehearse_opening(parts, body, actor=actor)).audience_digest
        return replace(_tried(opened.view, opened.recordings, None), digest=digest)
    own, told = _lived(opened, asked.kind)
    if call is None:
        return _of_state(opened.view, own, told)
    if call.update_id is not None or call.writing is acts.CORRECT:
        raise Problem("conflict", "Nothing was told of it yet, so there is nothing to correct.")
    done = _next(own)
    acted(call.writing.act(call.body), done, opened.view)
    return replace(_tried(opened.view, [done], own), told=told)


def _lived(opened: Rehearsed, kind: Kind) -> tuple[Recording, tuple[Event[EventData], ...]]:
    """The incident as it would be by then, and what its clients would have been told."""
    recording, told = opened.recordings[0], list(opened.recordings[0].events)
    for writing, body in BEFORE.get(kind, ()):
        recording = _next(recording)
        acted(writing.act(read(writing.body, body, "")), recording, opened.view)
        told += recording.events
    return _next(recording), tuple(told)


def _next(after: Recording) -> Recording:
    """The next write finds what the one before it has left."""
    recording = Recording(after.incident, after.clients, actor=after.actor, now=after.now)
    noted = tuple(line for line in after.lines if line.type in WORDS)
    recording.aftermath = replace(after.aftermath, lines=(*after.aftermath.lines, *noted))
    return recording


async def _as_it_is(parts: Parts, kind: Kind, place: Place, actor: str) -> Tried:
    """What follows from no call, about an incident that there is."""
    async with parts.database.transaction() as conn:
        view, now = await read_view(conn), parts.clock.now()
        recording = await load(conn, Place(place.incident), actor=actor, now=now)
    tried = _of_state(view, recording, ())
    return replace(tried, events=(_told_first(recording),)) if kind in FIRST else tried


def _told_first(recording: Recording) -> Event[EventData]:
    """The first notice, as it would be said by now."""
    data = IncidentOpened(
        incident=recording.incident.snapshot(),
        audience_version=recording.incident.audience_version,
        actor=recording.actor,
        kind=Kind.INITIAL,
        audience=recording.audience,
    )
    return new_event(
        data,
        source=SOURCE,
        subject=recording.incident.id,
        now=recording.now,
        sequence=recording.incident.sequence + 1,
    )


def _tried(view: DirectoryView, done: Sequence[Recording], before: Recording | None) -> Tried:
    return Tried(
        revision=view.revision,
        digest=audience_digest(addressed(done)),
        events=tuple(event for one in done for event in one.events),
        incident=before.incident.snapshot() if before else None,
        audience=before.audience if before else done[0].audience,
    )


def _of_state(view: DirectoryView, own: Recording, told: tuple[Event[EventData], ...]) -> Tried:
    return Tried(
        revision=view.revision,
        digest=audience_digest(own.clients),
        told=told,
        incident=own.incident.snapshot(),
        audience=own.audience,
    )


def _tells(recordings: Sequence[Recording]) -> bool:
    data = [event.data for one in recordings for event in one.events]
    return any(isinstance(one, IncidentEvent) and one.kind is not None for one in data)


async def _newest_update(parts: Parts, asked: Preview, place: Place) -> str | None:
    """A correction that names no update is of the newest that clients got."""
    if asked.kind is not Kind.CORRECTION:
        return None
    async with parts.database.connection() as conn:
        incident = await store.find(conn, place.incident)
        updates = await store.read_updates(conn, incident.id) if incident else []
    told = [update for update in updates if update.kind is not None]
    if incident is not None and not told:
        raise Problem(
            "conflict", f"No update of {incident.ref} was told, so none can be corrected."
        )
    return told[-1].id if told else None


async def _next_ref(parts: Parts) -> str:
    async with parts.database.connection() as conn:
        return await store.next_ref(conn)
