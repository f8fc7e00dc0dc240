"""Who is on duty: now and next, and as calendars to subscribe to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from tocsin_contracts.staff import AccountTeam
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Administers, Reads
from incident_api.auth.tokens import digest, new_secret
from incident_api.directory.document import TEAM
from incident_api.directory.entries import TeamEntry
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.duty import store
from incident_api.duty.expanding import Reading, reading_of
from incident_api.duty.feed import feed_of
from incident_api.duty.standing import Team, standing_shown
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.models import Time
from incident_api.web.pagination import Page, WithPage, foreign_cursor, paged
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem, not_found

router = APIRouter(tags=["escalations"])

CALENDAR = "text/calendar; charset=utf-8"
NONE_READ: Mapping[str, Reading] = MappingProxyType({})
HEADERS = {"Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer"}


@router.get("/v1/duty", summary="Who is on duty now and next, by team")
async def read_duty(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    team: Annotated[str | None, Query(max_length=63)] = None,
    at: Annotated[Time | None, Query(description="left out: now")] = None,
) -> dict[str, Any]:
    """Teams without a duty are left out. A calendar that cannot be read is as it last was."""
    moment = at or parts.clock.now()
    async with parts.database.connection() as conn:
        directory = await read_snapshot(conn)
        readings = await store.readings(conn)
    keys = sorted(directory.view.teams) if team is None else [team]
    found = [_team(directory, key, readings) for key in keys]
    rest = [one for one in found if one.duty is not None and one.entry.key > _after(page)]
    return paged(
        rest[: page.fetch],
        page,
        shown=lambda one: standing_shown(one, moment),
        position=lambda one: (one.entry.key,),
    )


@router.get("/v1/account-teams/{key}/duty.ics", summary="Who is on duty, as a calendar")
async def read_feed(key: str, _actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        return await _feed(conn, parts, key)


@router.post(
    "/v1/account-teams/{key}/duty-feed",
    status_code=201,
    summary="An address for calendars that send no header; the answer alone shows it",
)
async def create_feed(key: str, actor: Administers, parts: WithParts, once: WithOnce) -> Response:
    """Whoever knows it reads who is on duty. Another one ends the one there was."""

    async def effect(conn: Connection) -> Answer:
        team = _team(await read_snapshot(conn), key).entry.key
        secret = new_secret()
        now = parts.clock.now()
        await store.write_feed(conn, team, digest(secret), actor=actor.label, now=now)
        return Answer(201, {"team_key": team, "url": f"{parts.public_url}/duty/{secret}.ics"})

    return await once.run(actor.key_id, effect)


@router.delete(
    "/v1/account-teams/{key}/duty-feed", status_code=204, summary="That address ends at once"
)
async def end_feed(key: str, _actor: Administers, parts: WithParts) -> Response:
    async with parts.database.transaction() as conn:
        if not await store.end_feed(conn, key):
            raise Problem("not-found", f"The account team '{key}' has no feed's address.")
    return Response(status_code=204)


@router.get("/duty/{secret}.ics", tags=["links"], summary="A team's duty by its secret address")
async def read_secret_feed(secret: str, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        team = await store.team_of_feed(conn, digest(secret))
        if team is None:
            raise Problem("not-found", "This calendar's address has ended; ask for a new one.")
        return await _feed(conn, parts, team)


async def _feed(conn: Connection, parts: Parts, key: str) -> Response:
    directory = await read_snapshot(conn)
    team = _team(directory, key)
    body = feed_of(team, directory.view.provider.name, parts.clock.now())
    return Response(body, media_type=CALENDAR, headers=HEADERS)


def _team(directory: Snapshot, key: str, readings: Mapping[str, Reading] = NONE_READ) -> Team:
    entry = directory.entries.get((TEAM.name, key))
    told = directory.documents.get((TEAM.name, key))
    if not isinstance(entry, TeamEntry) or not isinstance(told, AccountTeam):
        raise not_found(TEAM.words, key)
    reading = reading_of(entry.duty, readings, key) if entry.duty else None
    return Team(entry, told, reading)


def _after(page: Page) -> str:
    if page.after is None:
        return ""
    if len(page.after) != 1:
        raise foreign_cursor()
    return page.after[0]
