"""What was held is done, by its timer or by hand; or dropped, because the incident moved on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin_runtime.database import Connection
from tocsin_runtime.timers import Timer

from incident_api.clocks.clocks import Handlers
from incident_api.directory.store import read_view
from incident_api.incidents import acts, closing_acts, holds_store
from incident_api.incidents.acting import Place, Writing, acted
from incident_api.incidents.holds import KIND, Hold, HoldState, moved_on, readdressed
from incident_api.incidents.recording import Recording
from incident_api.incidents.sending import load_for
from incident_api.incidents.writing import write
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem

WRITINGS: dict[str, Writing[Any]] = {
    writing.name: writing
    for writing in (
        *(acts.PATCH, acts.PUBLISH, acts.HOLDING_NOTICE, acts.RESOLVE, acts.REOPEN, acts.CANCEL),
        *(acts.PARENT, acts.UPDATE, acts.NO_NEWS, acts.CORRECT),
        *(closing_acts.CLOSE, closing_acts.FOLLOW_UP, closing_acts.REVIEW),
    )
}
"""Everything that can be held, by name."""


class MovedOn(Exception):
    """What it was written upon is not so any more; the message says what, in one sentence."""


def handlers(parts: Parts) -> Handlers:
    async def due(conn: Connection, timer: Timer, now: datetime) -> None:
        held = await holds_store.find(conn, timer.key)
        if held is not None:
            await release_or_drop(conn, parts, held, now)

    return {KIND: due}


async def release_or_drop(conn: Connection, parts: Parts, held: Hold, now: datetime) -> None:
    """Its time is over: do it as if it were written now, or keep it as a draft."""
    try:
        await release(conn, parts, held, now)
    except (Problem, MovedOn) as refusal:
        why = refusal.detail if isinstance(refusal, Problem) else str(refusal)
        await _drop(conn, parts, held, now, why)


async def release(conn: Connection, parts: Parts, held: Hold, now: datetime) -> Hold:
    """Raises :class:`MovedOn`, or the problem for which it cannot be done; nothing has changed."""
    view = await read_view(conn)
    recording, body = await _load(conn, held, now)
    held = await holds_store.lock(conn, held.id)
    if held.state is not HoldState.HELD:
        return held
    _refuse(moved_on(held, recording))
    acted(WRITINGS[held.act].act(body), recording, view)
    _refuse(readdressed(held, list(recording.whole)))
    await write(conn, parts, recording.whole, view)
    return await _ended(conn, held, HoldState.SENT, now)


async def undo(conn: Connection, parts: Parts, held: Hold, *, actor: str, now: datetime) -> Hold:
    """Take back what is held, or put away the draft that was left of it."""
    recording, _ = await _load(conn, held, now)
    held = await holds_store.lock(conn, held.id)
    if held.state is HoldState.DROPPED:
        return await _ended(conn, held, HoldState.DISCARDED, now)
    if held.state is HoldState.HELD:
        recording.actor = actor
        await _note(
            conn, parts, recording, held, "hold_undone", f"Undone before it went: {held.act}."
        )
        return await _ended(conn, held, HoldState.UNDONE, now)
    return held


async def _drop(conn: Connection, parts: Parts, held: Hold, now: datetime, why: str) -> None:
    recording, _ = await _load(conn, held, now)
    sentence = f"Not sent, kept as a draft ({held.act}): {why}"
    await _note(conn, parts, recording, held, "hold_dropped", sentence)
    await _ended(conn, held, HoldState.DROPPED, now, why)


async def _load(conn: Connection, held: Hold, now: datetime) -> tuple[Recording, Any]:
    writing = WRITINGS[held.act]
    body = writing.body.model_validate(held.body)
    place = Place(held.incident_id, held.update_id)
    return await load_for(conn, writing, place, body, actor=held.actor, now=now), body


async def _note(
    conn: Connection, parts: Parts, recording: Recording, held: Hold, word: str, sentence: str
) -> None:
    recording.note(word, sentence, data={"hold_id": held.id, "act": held.act})
    await write(conn, parts, [recording], await read_view(conn))


def _refuse(why: str | None) -> None:
    if why is not None:
        raise MovedOn(why)


async def _ended(
    conn: Connection, held: Hold, state: HoldState, now: datetime, reason: str | None = None
) -> Hold:
    ended = replace(held, state=state, reason=reason, ended_at=now)
    await holds_store.end(conn, ended)
    return ended
