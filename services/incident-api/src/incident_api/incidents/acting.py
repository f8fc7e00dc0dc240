"""What a call does to an incident, as a value that can be done now, later, or only tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

from tocsin_runtime.database import Connection

from incident_api.directory.view import DirectoryView
from incident_api.incidents import family_store, store
from incident_api.incidents.aftermath import read_aftermath
from incident_api.incidents.bodies import Sends
from incident_api.incidents.family import Family
from incident_api.incidents.lifecycle import NotNow
from incident_api.incidents.model import Incident
from incident_api.incidents.recording import Recording
from incident_api.web.idempotency import Answer
from incident_api.web.problem import Problem, not_found

Act: TypeAlias = Callable[[Recording, DirectoryView], Answer | None]
"""Changes the recording; may return what to answer instead of the incident."""

B = TypeVar("B", bound=Sends)


def _of_nobody(_body: Sends) -> str | None:
    return None


@dataclass(frozen=True)
class Writing(Generic[B]):
    """A call that sends. ``act`` makes of its body what is done; holds know it by ``name``.

    ``family``: it may change its incident's relatives too. ``wanted`` names the incident that it
    makes its own a part of.
    """

    name: str
    body: type[B]
    act: Callable[[B], Act]
    family: bool = False
    wanted: Callable[[B], str | None] = _of_nobody


@dataclass(frozen=True)
class Place:
    """What a write is about: an incident by id or reference, and the update it names, if any."""

    incident: str
    update_id: str | None = None


def acted(act: Act, recording: Recording, view: DirectoryView) -> Answer | None:
    """Raises 409 where the state does not allow it."""
    try:
        return act(recording, view)
    except NotNow as refusal:
        raise Problem("conflict", str(refusal)) from refusal


async def load(conn: Connection, place: Place, *, actor: str, now: datetime) -> Recording:
    """The incident, held until the transaction ends; 404 where there is none."""
    incident = await store.lock(conn, place.incident)
    if incident is None:
        raise not_found("incident", place.incident)
    return await _recording(conn, place, incident, actor=actor, now=now)


async def load_with_family(
    conn: Connection, place: Place, wanted: str | None, *, actor: str, now: datetime
) -> Recording:
    """The same, and everybody it is related to or shall be."""
    incident = await store.find(conn, place.incident)
    if incident is None:
        raise not_found("incident", place.incident)
    root = None if wanted is None else await family_store.root_of(conn, wanted)
    if wanted is not None and root is None:
        raise not_found("incident", wanted)
    members = await family_store.lock_family(conn, incident.id, root)
    _refuse_if_moved(members, incident.id, root)
    audiences = await store.read_audiences(conn, list(members))
    recordings = {i: Recording(m, audiences[i], actor=actor, now=now) for i, m in members.items()}
    recording = await _recording(conn, place, members[incident.id], actor=actor, now=now)
    recordings[incident.id] = recording
    recording.family = _family(recording, recordings, root)
    return recording


def _refuse_if_moved(members: Mapping[str, Incident], incident_id: str, root: str | None) -> None:
    """The lock may have been waited for: a relative of since then is not held."""
    me = members[incident_id]
    unheld = me.parent_id is not None and me.parent_id not in members
    if unheld or (root is not None and members[root].parent_id is not None):
        raise Problem(
            "conflict", f"{me.ref} was linked elsewhere at the same moment; send it again."
        )


def _family(recording: Recording, members: dict[str, Recording], root: str | None) -> Family:
    me = recording.incident
    others = [one for one in members.values() if one is not recording]
    return Family(
        parent=members.get(me.parent_id or ""),
        children=tuple(one for one in others if one.incident.parent_id == me.id),
        siblings=tuple(
            one for one in others if me.parent_id and one.incident.parent_id == me.parent_id
        ),
        wanted=members.get(root or ""),
    )


async def _recording(
    conn: Connection, place: Place, incident: Incident, *, actor: str, now: datetime
) -> Recording:
    clients = await store.read_audience(conn, incident.id)
    recording = Recording(incident, clients, actor=actor, now=now)
    recording.aftermath = await read_aftermath(conn, incident)
    if place.update_id is not None:
        recording.update = await store.lock_update(conn, incident.id, place.update_id)
        if recording.update is None:
            raise not_found("update", place.update_id)
    return recording
