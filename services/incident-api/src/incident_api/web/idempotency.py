"""``Idempotency-Key``: the same POST twice has one effect and one answer.

The answer is stored in the transaction of the effect, so a process killed between commit and
answer still answers the retry with what happened. A refused request stores nothing. Kept for 24 h.
Source: the IETF draft "The Idempotency-Key HTTP Header Field"; owner and address are ours to add.

A route that changes something says what, and leaves the transaction to :class:`Once`::

    @router.post("/v1/things", status_code=201)
    async def create_thing(body: NewThing, actor: Operates, once: WithOnce) -> Response:
        async def effect(conn: Connection) -> Answer:
            thing = await store.insert(conn, body)
            return Answer(201, thing.shown(), {"ETag": etag(1)})
        return await once.run(actor.key_id, effect)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Annotated, Any

import nacl.secret
from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection

from incident_api.web import idempotency_store as store
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem, invalid

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """What a route answers: ``body`` is JSON-ready, ``None`` answers without a body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        if self.body is None:
            return Response(status_code=self.status, headers=dict(self.headers))
        return JSONResponse(self.body, self.status, dict(self.headers))


Effect = Callable[[Connection], Awaitable[Answer]]


@dataclass(frozen=True)
class Once:
    """One request: ``key`` is its Idempotency-Key, if it has one.

    ``place`` is method and path, ``fingerprint`` tells bodies apart, and ``secret`` is what only
    this caller knows.
    """

    parts: Parts
    key: str | None
    place: str
    fingerprint: bytes
    secret: str

    async def run(self, owner: str, effect: Effect) -> Response:
        """Run ``effect`` in one transaction and answer; or answer as the first time.

        ``owner`` is the caller's key id: two callers may use the same Idempotency-Key.
        """
        async with self.parts.database.transaction() as conn:
            answer = await self._answer(conn, owner, effect)
        return answer.response()

    async def _answer(self, conn: Connection, owner: str, effect: Effect) -> Answer:
        if self.key is None:
            return await effect(conn)
        now = self.parts.clock.now()
        entry = _hash(owner, self.place, self.key)
        if not await store.try_lock(conn, entry):
            raise _under_way()
        stored = await store.find(conn, entry, since=now - KEPT_FOR)
        if stored is not None:
            return self._replayed(stored)
        answer = await effect(conn)
        await store.put(conn, entry, store.Stored(self.fingerprint, self._sealed(answer)), now)
        return answer

    def _replayed(self, stored: store.Stored) -> Answer:
        if stored.fingerprint != self.fingerprint:
            raise Problem(
                "idempotency-key-reused",
                "This Idempotency-Key was used with another body; use a new key for a new request.",
            )
        return Answer(**json.loads(self._box().decrypt(stored.answer)))

    def _sealed(self, answer: Answer) -> bytes:
        """An answer may hold a new key, which must not lie in the table for a day."""
        return bytes(self._box().encrypt(json.dumps(asdict(answer)).encode()))

    def _box(self) -> nacl.secret.SecretBox:
        return nacl.secret.SecretBox(_hash("answer", self.secret, self.key or ""))


def _hash(*parts: str) -> bytes:
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def _under_way() -> Problem:
    return Problem(
        "request-under-way",
        "The same request is still being worked on; ask again in a moment.",
        headers={"Retry-After": "1"},
    )


async def once(request: Request, parts: WithParts) -> Once:
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise invalid("header:idempotency-key", "An Idempotency-Key has 1 to 255 characters.")
    path, query = request.url.path, request.url.query
    return Once(
        parts=parts,
        key=key,
        place=f"{request.method} {path}",
        fingerprint=hashlib.sha256(query.encode() + b"\n" + await request.body()).digest(),
        secret=request.headers.get("authorization", path),
    )


WithOnce = Annotated[Once, Depends(once)]
"""For a route's signature: ``once: WithOnce``."""


def forget_answers(clock: Clock) -> Callable[[Connection], Awaitable[object]]:
    """For housekeeping: stored answers whose day is over go."""

    async def forget(conn: Connection) -> None:
        await store.delete_older(conn, clock.now() - KEPT_FOR)

    return forget
