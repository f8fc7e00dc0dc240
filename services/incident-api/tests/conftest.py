"""The service on a real database, called over ASGI, its clock held still."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import nacl.public
import pytest
import pytest_asyncio
from fastapi import FastAPI
from incident_api.app import create_app
from incident_api.auth import store as keys
from incident_api.auth.actor import Scope
from incident_api.auth.tokens import digest, new_token, shown_prefix
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.first_start import publish_built_in
from incident_api.directory.sealing import sealing
from incident_api.web.parts import Parts
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.testing import FakeClock


@dataclass
class Api:
    """``client`` holds no key; ``keys`` has one of each scope, by its name."""

    client: httpx.AsyncClient
    app: FastAPI
    database: Database
    clock: FakeClock
    keys: dict[str, str]
    private_key: nacl.public.PrivateKey
    open_clients: set[str]

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


@pytest_asyncio.fixture
async def api(fresh_database: Callable[[str], str]) -> AsyncIterator[Api]:
    database = await Database.open(fresh_database("incident-api"), max_size=10)
    clock = FakeClock()
    outbox = Outbox(database)
    private_key = nacl.public.PrivateKey.generate()
    in_outage: set[str] = set()

    async def open_clients(_conn: Connection) -> set[str]:
        return in_outage

    writer = DirectoryWriter(
        outbox=outbox,
        clock=clock,
        seal=sealing(base64.b64encode(bytes(private_key.public_key)).decode()),
        open_clients=open_clients,
    )
    app = create_app(Parts(database, outbox, clock, "http://tocsin.test"), writer)
    async with database.transaction() as conn:
        await publish_built_in(conn, writer)
        tokens = {scope.value: await _key_of(conn, scope, clock) for scope in Scope}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield Api(client, app, database, clock, tokens, private_key, in_outage)
    await database.close()


@pytest.fixture
def directory_document() -> dict[str, Any]:
    """A small provider: two clients, systems that depend on one another, one team, one plan."""
    return {
        "provider": {
            "name": "Nordlicht IT",
            "timezone": "Europe/Berlin",
            "noc_email": "noc@nordlicht.example",
            "desk_phone": "+49 30 23125 100",
        },
        "systems": [
            {"key": "storage-eu", "name": "Storage EU"},
            {"key": "mail-eu", "name": "Mail EU", "depends_on": ["storage-eu"]},
        ],
        "clients": [
            {
                "key": "acme",
                "name": "ACME GmbH",
                "timezone": "Europe/Berlin",
                "locale": "de",
                "tags": ["vip"],
                "systems": [{"key": "mail-eu", "called": "Postfach"}],
                "account_team": "team-a",
                "communication_plan": "gold",
                "contacts": [
                    {
                        "key": "jo",
                        "name": "Jo Frei",
                        "roles": ["it_lead"],
                        "email": "jo@acme.example",
                        "phone": "+49 30 23125 142",
                        "slack": "C024BE91L",
                        "webhook": {
                            "url": "https://acme.example/hook",
                            "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        },
                    },
                    {"key": "kim", "name": "Kim Lee", "role": "ceo", "email": "kim@acme.example"},
                ],
            },
            {"key": "birch", "name": "Birch Ltd", "systems": ["storage-eu"]},
        ],
        "account_teams": [
            {
                "key": "team-a",
                "account_manager": {
                    "key": "ann",
                    "name": "Ann Weiss",
                    "email": "ann@nordlicht.example",
                },
                "deputy": {"name": "Tom Klein", "email": "tom@nordlicht.example"},
            }
        ],
        "communication_plans": [
            {
                "key": "gold",
                "severities": {
                    "sev1": {
                        "notify": [{"roles": ["it_lead", "ceo"], "channels": ["email", "webhook"]}],
                        "update_every_minutes": 30,
                        "first_notice_within_minutes": 0.2,
                    }
                },
                "service_hours": {"timezone": "Europe/Berlin", "mon-fri": "08:00-18:00"},
                "escalation_policy": "critical",
            }
        ],
        "escalation_policies": [
            {
                "key": "critical",
                "steps": [
                    {
                        "trigger": {"severity_at_least": "sev1"},
                        "notify": ["account_manager"],
                        "channels": ["email"],
                    },
                    {
                        "trigger": {"unacknowledged": True},
                        "after_minutes": 15,
                        "notify": ["deputy"],
                        "channels": ["voice", "sms"],
                        "repeat": 2,
                        "every_minutes": 5,
                    },
                ],
            }
        ],
    }
