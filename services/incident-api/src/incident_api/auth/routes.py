"""Keys: made, listed, revoked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.auth import store
from incident_api.auth.actor import Scope
from incident_api.auth.dependencies import Administers
from incident_api.auth.tokens import digest, new_token, shown_prefix
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.models import Body, Line, Time
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, invalid, not_found
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1/keys", tags=["keys"])


class NewKey(Body):
    name: Annotated[Line, Field(max_length=80, description="appears wherever the key acts")]
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    expires_at: Time | None = None


def _shown(key: store.Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "created_at": plain(key.created_at),
        "created_by": key.created_by,
        "expires_at": plain(key.expires_at),
        "last_used_at": plain(key.last_used_at),
    }


@router.post("", status_code=201, summary="Make a key; the answer is the only one that shows it")
async def create_key(
    body: NewKey, actor: Administers, parts: WithParts, once: WithOnce
) -> Response:
    now = parts.clock.now()
    if body.name == store.BOOTSTRAP_ID:
        raise invalid("/name", "This name belongs to the key of BOOTSTRAP_ADMIN_KEY.")
    if body.expires_at is not None and body.expires_at <= now:
        raise invalid("/expires_at", "This time is in the past; the key could never be used.")

    async def effect(conn: Connection) -> Answer:
        token = new_token()
        key = store.Key(
            id=uuid7(),
            name=body.name,
            prefix=shown_prefix(token),
            scopes=body.scopes,
            created_at=now,
            created_by=actor.label,
            expires_at=body.expires_at,
            last_used_at=None,
        )
        await _insert(conn, key, token)
        return Answer(201, {**_shown(key), "key": token})

    return await once.run(actor.key_id, effect)


async def _insert(conn: Connection, key: store.Key, token: str) -> None:
    try:
        await store.insert(conn, key, digest(token))
    except store.NameTaken as error:
        raise Problem(
            "conflict",
            f"There is a key named '{key.name}' already; choose another name or revoke that one.",
        ) from error


@router.get("", summary="Keys that are not revoked, newest first")
async def list_keys(_actor: Administers, parts: WithParts, page: WithPage) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        keys = await store.newest_first(conn, after=after, limit=page.fetch)
    return paged(keys, page, shown=_shown, position=lambda key: (key.id,))


@router.delete("/{key_id}", status_code=204, summary="Revoke a key; it stops working at once")
async def revoke_key(key_id: str, _actor: Administers, parts: WithParts) -> Response:
    if key_id == store.BOOTSTRAP_ID:
        raise Problem(
            "conflict",
            "This key comes from BOOTSTRAP_ADMIN_KEY; take it out of the environment instead.",
        )
    async with parts.database.transaction() as conn:
        if not await store.revoke(conn, key_id, parts.clock.now()):
            raise not_found("key", key_id)
    return Response(status_code=204)
