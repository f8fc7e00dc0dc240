"""``/v1/stream``: Server-Sent Events (WHATWG HTML, 9.2), and tickets for browsers.

EventSource sends no header of its own, so a browser names a ticket in the address: it opens a
stream for a minute after it was made, and nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from tocsin_runtime.database import Connection

from incident_api.auth import store as keys
from incident_api.auth.actor import Actor, Scope
from incident_api.auth.dependencies import Reads, accepted, authorize, bearer_token, permitted
from incident_api.auth.tokens import digest
from incident_api.stream import store
from incident_api.stream.following import Follower
from incident_api.stream.hub import Hub
from incident_api.stream.model import Message, Position, position_of
from incident_api.timeline.finding import known_subject
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1/stream", tags=["stream"])

TICKET_VALID = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15
RETRY_MS = 2000
SEND_SECONDS = 30


@router.post("/tickets", status_code=201, summary="A ticket to open a stream with, for a minute")
async def create_ticket(actor: Reads, once: WithOnce) -> Response:
    """Its stream shows what this key may read, and ends when the key does."""

    async def effect(conn: Connection) -> Answer:
        ticket, expires_at = secrets.token_urlsafe(32), once.parts.clock.now() + TICKET_VALID
        await store.forget_tickets(conn, once.parts.clock.now())
        await store.add_ticket(conn, digest(ticket), actor.key_id, expires_at)
        shown = {"ticket": ticket, "expires_at": plain(expires_at)}
        return Answer(201, shown | {"url": f"/v1/stream?ticket={ticket}"})

    return await once.run(actor.key_id, effect)


@router.get("", summary="What changes, as it changes", response_class=EventSourceResponse)
async def open_stream(
    request: Request,
    parts: WithParts,
    ticket: Annotated[str | None, Query(max_length=100)] = None,
    incident: Annotated[str | None, Query(max_length=63, description="id or reference")] = None,
    last_event_id: Annotated[
        str | None, Query(max_length=50, description="for a page that opens a stream anew")
    ] = None,
    last_seen: Annotated[str | None, Header(alias="Last-Event-ID", max_length=50)] = None,
) -> EventSourceResponse:
    hub: Hub = request.app.state.stream
    async with parts.database.connection() as conn:
        actor = await _reader(conn, request, parts, ticket)
        _check_room(hub)
        subject_id = None if incident is None else await known_subject(conn, incident)
    follower = Follower(
        hub,
        parts.database,
        lambda: _may_go_on(parts, actor),
        last=_last(last_seen or last_event_id),
        subject_id=subject_id,
    )
    return EventSourceResponse(_events(follower), ping=HEARTBEAT_SECONDS, send_timeout=SEND_SECONDS)


def _check_room(hub: Hub) -> None:
    if hub.is_full:
        raise Problem(
            "overloaded",
            "As many streams are open here as are allowed (STREAM_MOST_OPEN); close one, or try"
            " again in a moment.",
            headers={"Retry-After": "5"},
        )


def _last(given: str | None) -> Position | None:
    """An id that is none of ours leads to a reset: what the reader shows may be anything."""
    if not given:
        return None
    return position_of(given) or Position(0, 1)


async def _reader(conn: Connection, request: Request, parts: Parts, ticket: str | None) -> Actor:
    if ticket is None:
        return await authorize(conn, request, bearer_token(request), Scope.READ)
    now = parts.clock.now()
    key_id = await store.key_of_ticket(conn, digest(ticket), now)
    key = None if key_id is None else await keys.find_by_id(conn, key_id)
    return permitted(await accepted(conn, key, now), request, Scope.READ)


async def _may_go_on(parts: Parts, actor: Actor) -> bool:
    async with parts.database.connection() as conn:
        key = await keys.find_by_id(conn, actor.key_id)
    return key is not None and not key.expired(parts.clock.now())


async def _events(follower: Follower) -> AsyncIterator[ServerSentEvent]:
    retry: int | None = RETRY_MS
    async for message in follower.messages():
        yield _event(message, retry)
        retry = None


def _event(message: Message, retry: int | None) -> ServerSentEvent:
    return ServerSentEvent(
        data=message.data,
        event=message.event,
        id=None if message.id is None else str(message.id),
        retry=retry,
        sep="\n",
    )
