"""What tests of this service need: the whole of it on a real database, its clock held still."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import nacl.public
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from tocsin_contracts.directory import Template
from tocsin_contracts.simulation import (
    LintAnswer,
    LintAsked,
    SimulationAnswer,
    SimulationAsked,
)
from tocsin_contracts.words import Kind
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.testing import FakeClock
from tocsin_runtime.timers import TimerLoop

from incident_api.app import create_app
from incident_api.auth import store as keys
from incident_api.auth.actor import Scope
from incident_api.auth.tokens import digest, new_token, shown_prefix
from incident_api.bootstrap import timer_loop
from incident_api.clocks.clocks import Clocks
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.first_start import publish_built_in
from incident_api.directory.policy_advice import advise_on_policies
from incident_api.directory.sealing import sealing
from incident_api.duty.advice import advise_on_teams
from incident_api.duty.rostering import roster
from incident_api.escalations.versions import advise_on_running
from incident_api.forgetting import forget_person
from incident_api.forwarding.dispatcher import TemplateFault
from incident_api.links.tokens import LinkKeys
from incident_api.readiness.advice import warn_of_silence
from incident_api.readiness.words_advice import check_words
from incident_api.stream.hub import Hub
from incident_api.stream.presenting import Presenter
from incident_api.web.parts import Parts


@dataclass
class PlayedDispatcher:
    """The dispatcher's internal port: ``asked`` is what it was asked, ``raises`` how it fails."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    checked: list[tuple[Template, Kind]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=lambda: {"messages": [], "not_told": []})
    said_of_channels: dict[str, Any] = field(default_factory=lambda: {"items": []})
    faults: tuple[TemplateFault, ...] = ()
    raises: Exception | None = None

    async def preview(self, question: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(json.loads(json.dumps(question)))
        if self.raises is not None:
            raise self.raises
        return self.answer

    async def channels(self) -> dict[str, Any]:
        if self.raises is not None:
            raise self.raises
        return self.said_of_channels

    async def check_templates(
        self, uses: Sequence[tuple[Template, Kind]]
    ) -> tuple[TemplateFault, ...]:
        self.checked.extend(uses)
        if self.raises is not None:
            raise self.raises
        return self.faults


@dataclass
class PlayedEscalation:
    """Escalation's internal port: ``asked`` is what it was asked, ``raises`` how it fails."""

    asked: list[Any] = field(default_factory=list)
    played: SimulationAnswer = field(default_factory=lambda: SimulationAnswer(timeline=()))
    found: LintAnswer = field(default_factory=lambda: LintAnswer(findings=()))
    raises: Exception | None = None

    async def simulate(self, question: SimulationAsked) -> SimulationAnswer:
        self._note(question)
        return self.played

    async def lint(self, question: LintAsked) -> LintAnswer:
        self._note(question)
        return self.found

    def _note(self, question: SimulationAsked | LintAsked) -> None:
        self.asked.append(question)
        if self.raises is not None:
            raise self.raises


@dataclass
class Api:
    """``client`` holds no key; ``keys`` has one of each scope, by its name."""

    client: httpx.AsyncClient
    app: FastAPI
    database: Database
    clock: FakeClock
    keys: dict[str, str]
    private_key: nacl.public.PrivateKey
    link_key: Ed25519PrivateKey
    open_clients: set[str]
    timers: TimerLoop
    dispatcher: PlayedDispatcher
    escalation: PlayedEscalation

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str = "admin", **headers: str
    ) -> httpx.Response:
        """Send ``body`` as JSON with the key of a scope; ``If_Match="…"`` sends that header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method,
            path,
            json=body,
            headers={"Authorization": f"Bearer {self.keys[key]}", **named},
        )

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return await self.call("POST", path, body, **options)

    async def put(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.call("PUT", path, body, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("DELETE", path, **options)

    async def fire_due(self) -> int:
        """Let the service do what is due by the clock; how many timers fired."""
        fired = 0
        while batch := await self.timers.fire_due():
            fired += batch
        return fired

    async def events(self, topic: str | None = None) -> list[dict[str, Any]]:
        """Every event written so far, in the order of the outbox."""
        rows = await self.database.pool.fetch(
            "SELECT body FROM outbox WHERE $1::text IS NULL OR topic = $1 ORDER BY id", topic
        )
        return [json.loads(row["body"]) for row in rows]

    def opened(self, sealed: str) -> str:
        """What the dispatcher would read."""
        box = nacl.public.SealedBox(self.private_key)
        return box.decrypt(base64.b64decode(sealed)).decode()


async def _key_of(conn: Connection, scope: Scope, clock: FakeClock) -> str:
    token = new_token()
    key = keys.Key(
        id=uuid7(),
        name=scope.value,
        prefix=shown_prefix(token),
        scopes=frozenset({scope}),
        created_at=clock.now(),
        created_by="system:test",
        expires_at=None,
        last_used_at=None,
    )
    await keys.insert(conn, key, digest(token))
    return token


@asynccontextmanager
async def running_api(dsn: str) -> AsyncIterator[Api]:
    """The application on the migrated database at ``dsn``, first start done, called over ASGI."""
    database = await Database.open(dsn, max_size=10)
    clock = FakeClock()
    outbox = Outbox(database)
    private_key = nacl.public.PrivateKey.generate()
    in_outage: set[str] = set()
    dispatcher, escalation = PlayedDispatcher(), PlayedEscalation()

    async def open_clients(_conn: Connection) -> set[str]:
        return in_outage

    writer = DirectoryWriter(
        outbox=outbox,
        clock=clock,
        seal=sealing(base64.b64encode(bytes(private_key.public_key)).decode()),
        open_clients=open_clients,
        forget_person=forget_person,
        roster=roster(clock),
        advisers=[
            warn_of_silence,
            check_words(dispatcher),
            advise_on_teams(clock),
            advise_on_policies,
            advise_on_running,
        ],
    )
    link_key = Ed25519PrivateKey.generate()
    public = base64.b64encode(link_key.public_key().public_bytes_raw()).decode()
    parts = Parts(database, outbox, clock, "http://tocsin.test", Clocks(database))
    hub = Hub(database, Presenter(parts.public_url))
    app = create_app(parts, writer, LinkKeys({"k1": public}), dispatcher, escalation, hub)
    async with database.transaction() as conn:
        await publish_built_in(conn, writer)
        tokens = {scope.value: await _key_of(conn, scope, clock) for scope in Scope}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield Api(
            client,
            app,
            database,
            clock,
            tokens,
            private_key,
            link_key,
            in_outage,
            timer_loop(parts),
            dispatcher,
            escalation,
        )
    await database.close()
