"""``/v1/absences``: who is away, until when, and who stands in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.auth.dependencies import Operates, Reads
from incident_api.directory.document import TEAM
from incident_api.directory.entries import TeamEntry
from incident_api.directory.presence import NOBODY_AWAY
from incident_api.directory.restaffing import restaff
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.directory.team_documents import context_of
from incident_api.directory.writer import WithWriter
from incident_api.duty import absences_store as store
from incident_api.duty.absence_bodies import AbsencePatch, NewAbsence
from incident_api.duty.absence_rules import Staff, faults, patched
from incident_api.duty.absences_store import StoredAbsence
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.models import Time
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, all_invalid, not_found
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1/absences", tags=["escalations"])


@router.get("", summary="Absences, newest first")
async def list_absences(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    person: Annotated[str | None, Query(max_length=254)] = None,
    team: Annotated[str | None, Query(max_length=63, description="of whoever is in it")] = None,
    at: Annotated[Time | None, Query(description="those that cover this moment")] = None,
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        people = await _people(conn, person, team)
        after = page.after[0] if page.after else None
        found = await store.newest_first(conn, people=people, at=at, after=after, limit=page.fetch)
    return paged(found, page, shown=absence_shown, position=lambda one: (one.id,))


@router.post("", status_code=201, summary="Somebody is away, or will be")
async def create_absence(
    body: NewAbsence, actor: Operates, parts: WithParts, writer: WithWriter, once: WithOnce
) -> Response:
    """Operators may: whoever finds out at night that somebody is ill must not wait."""
    absence = StoredAbsence(
        id=uuid7(),
        **body.model_dump(),
        created_at=parts.clock.now(),
        created_by=actor.label,
    )

    async def write(conn: Connection, directory: Snapshot) -> None:
        await _check(conn, absence, staff_of(directory))
        await store.write(conn, absence)

    async def effect(conn: Connection) -> Answer:
        await restaff(conn, writer, write, actor=actor.label)
        return Answer(201, absence_shown(absence), {"ETag": etag(absence.version)})

    return await once.run(actor.key_id, effect)


@router.get("/{absence_id}", summary="One absence")
async def read_absence(absence_id: str, _actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        return _answer(await _found(conn, absence_id))


@router.patch("/{absence_id}", summary="Other times, another stand-in")
async def change_absence(
    absence_id: str,
    body: AbsencePatch,
    request: Request,
    actor: Operates,
    parts: WithParts,
    writer: WithWriter,
) -> Response:
    changed: list[StoredAbsence] = []

    async def write(conn: Connection, directory: Snapshot) -> None:
        before = await _found(conn, absence_id)
        check_if_match(request, before.version)
        after = patched(before, body)
        await _check(conn, after, staff_of(directory))
        await store.write(conn, after)
        changed.append(after)

    async with parts.database.transaction() as conn:
        await restaff(conn, writer, write, actor=actor.label)
    return _answer(changed[0])


@router.delete("/{absence_id}", status_code=204, summary="Somebody is there after all")
async def delete_absence(
    absence_id: str, request: Request, actor: Operates, parts: WithParts, writer: WithWriter
) -> Response:
    async def write(conn: Connection, _directory: Snapshot) -> None:
        check_if_match(request, (await _found(conn, absence_id)).version)
        await store.delete(conn, absence_id)

    async with parts.database.transaction() as conn:
        await restaff(conn, writer, write, actor=actor.label)
    return Response(status_code=204)


def staff_of(directory: Snapshot) -> Staff:
    return context_of(directory.entries, NOBODY_AWAY).staff


async def _check(conn: Connection, absence: StoredAbsence, staff: Staff) -> None:
    found = faults(absence, staff)
    if found:
        raise all_invalid(found, "Nothing was changed.")
    other = await store.overlapping(conn, absence)
    if other is not None:
        raise Problem(
            "conflict",
            f"'{other.person}' is away already from {plain(other.starts_at)} to"
            f" {plain(other.ends_at)}; PATCH /v1/absences/{other.id} instead.",
        )


async def _people(conn: Connection, person: str | None, team: str | None) -> list[str] | None:
    if team is None:
        return None if person is None else [person]
    entry = (await read_snapshot(conn)).entries.get((TEAM.name, team))
    if not isinstance(entry, TeamEntry):
        raise not_found(TEAM.words, team)
    members = [member.person for member in entry.everyone()]
    return [one for one in members if person is None or one == person]


async def _found(conn: Connection, absence_id: str) -> StoredAbsence:
    found = await store.find(conn, absence_id)
    if found is None:
        raise not_found("absence", absence_id)
    return found


def _answer(absence: StoredAbsence) -> Response:
    return JSONResponse(absence_shown(absence), headers={"ETag": etag(absence.version)})


def absence_shown(absence: StoredAbsence) -> dict[str, Any]:
    return {
        "id": absence.id,
        "person": absence.person,
        "from": plain(absence.starts_at),
        "to": plain(absence.ends_at),
        "stand_in": absence.stand_in,
        "reason": absence.reason,
        "created_at": plain(absence.created_at),
        "created_by": absence.created_by,
    }
