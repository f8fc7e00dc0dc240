"""Who asks, for a route's signature.

``actor: Operates`` lets the route run only for a key that may operate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from tocsin_runtime.database import Connection

from incident_api.auth import store
from incident_api.auth.actor import Actor, Scope
from incident_api.auth.tokens import digest
from incident_api.web.parts import parts_of
from incident_api.web.problem import Problem

bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="`Authorization: Bearer <key>`"
)


def require(scope: Scope) -> Callable[[Request, object], Awaitable[Actor]]:
    """A dependency that gives the :class:`Actor`, or answers 401 or 403."""

    async def authenticate(
        request: Request, _documented: Annotated[object, Depends(bearer)]
    ) -> Actor:
        token = bearer_token(request)
        async with parts_of(request).database.connection() as conn:
            return await authorize(conn, request, token, scope)

    return authenticate


async def authorize(conn: Connection, request: Request, token: str, scope: Scope) -> Actor:
    """The key's owner, if it may act; for routes that have a connection already. 401 or 403."""
    actor = await identify(conn, token, parts_of(request).clock.now())
    return permitted(actor, request, scope)


def permitted(actor: Actor, request: Request, scope: Scope) -> Actor:
    """Notes who acts, for the access log; raises 403 where the key may not."""
    request.state.actor = actor.label
    if not actor.may(scope):
        raise _forbidden(actor, scope)
    return actor


async def identify(conn: Connection, token: str, now: datetime) -> Actor:
    """The key's owner; raises 401 for a key that is unknown, revoked or expired."""
    return await accepted(conn, await store.find_by_digest(conn, digest(token)), now)


async def accepted(conn: Connection, key: store.Key | None, now: datetime) -> Actor:
    """The owner of a key that was looked up already; notes its use once a minute."""
    if key is None:
        raise _unauthorized("This key is not known or was revoked.", "invalid_token")
    if key.expired(now):
        raise _unauthorized("This key has expired; ask for a new one.", "invalid_token")
    if not key.use_is_noted(now):
        await store.note_use(conn, key.id, now)
    return Actor(key.name, key.id, key.scopes)


def bearer_token(request: Request) -> str:
    """What the Authorization header holds; raises 401 without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("Send a key: 'Authorization: Bearer <key>'.", None)
    return token.strip()


def _unauthorized(detail: str, error: str | None) -> Problem:
    """RFC 6750, section 3: no ``error`` where no key was sent at all."""
    challenge = 'Bearer realm="tocsin"' + (f', error="{error}"' if error else "")
    return Problem("unauthorized", detail, headers={"WWW-Authenticate": challenge})


def _forbidden(actor: Actor, scope: Scope) -> Problem:
    held = ", ".join(sorted(actor.scopes))
    challenge = f'Bearer realm="tocsin", error="insufficient_scope", scope="{scope}"'
    return Problem(
        "forbidden",
        f"This needs a key with the scope '{scope}'; the key '{actor.name}' has: {held}.",
        headers={"WWW-Authenticate": challenge},
    )


Reads = Annotated[Actor, Depends(require(Scope.READ))]
Operates = Annotated[Actor, Depends(require(Scope.OPERATE))]
Administers = Annotated[Actor, Depends(require(Scope.ADMIN))]
