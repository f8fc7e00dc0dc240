"""The service on a real database, and a sample provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
import structlog
from incident_api.testing import Api, running_api

# As the service prints them; the default renders a traceback with every local, which takes seconds.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
)


@pytest_asyncio.fixture
async def api(fresh_database: Callable[[str], str]) -> AsyncIterator[Api]:
    async with running_api(fresh_database("incident-api")) as running:
        yield running


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


class Desk:
    """An operator's calls on incidents; events and clock of the service behind them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.clock = api.clock

    async def opens(self, **fields: Any) -> dict[str, Any]:
        body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
        answer = await self.api.post("/v1/incidents", {**body, **fields}, key="operate")
        assert answer.status_code in (200, 201), answer.text
        return self._body(answer)

    async def posts(self, path: str, body: Any = None, **options: Any) -> Any:
        """``path`` below the incidents, such as ``INC-1001/resolve``."""
        return await self.api.post(f"/v1/incidents/{path}", body, key="operate", **options)

    async def patches(self, path: str, body: Any, **options: Any) -> Any:
        return await self.api.call("PATCH", f"/v1/incidents/{path}", body, key="operate", **options)

    async def reads(self, path: str) -> dict[str, Any]:
        answer = await self.api.get(f"/v1/incidents{path}", key="read")
        assert answer.status_code == 200, answer.text
        return self._body(answer)

    async def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.api.events("tocsin.incidents")
        return found

    async def told(self) -> list[tuple[str, str | None]]:
        """Each event's word, and the kind of message it makes."""
        return [(e["type"].split(".")[2], e["data"].get("kind")) for e in await self.events()]

    def _body(self, answer: Any) -> dict[str, Any]:
        found: dict[str, Any] = answer.json()
        return found


@pytest_asyncio.fixture
async def desk(api: Api, directory_document: dict[str, Any]) -> Desk:
    directory_document["systems"].append({"key": "vpn-us", "name": "VPN US"})
    directory_document["clients"].append({"key": "cedar", "name": "Cedar", "systems": ["vpn-us"]})
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return Desk(api)


# ── planned work ────────────────────────────────────────────────────────────────────────────────

WINDOW: dict[str, Any] = {
    "title": "Replace a storage part",
    "system_keys": ["storage-eu"],
    "starts_at": "2026-12-05T22:00:00+01:00",
    "ends_at": "2026-12-06T01:00:00+01:00",
    "impact": "Mail EU is unavailable for up to 20 minutes within this time.",
    "impact_level": "down",
    "purpose": "It is one of the steps we promised after 24 November.",
    "object_by": "2026-12-01T18:00:00+01:00",
}


class Works:
    """An operator's calls on maintenance windows, and what came of them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.clock = api.clock

    async def announces(self, **fields: Any) -> dict[str, Any]:
        answer = await self.tries(**fields)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def tries(self, **fields: Any) -> Any:
        return await self.api.post("/v1/maintenance-windows", {**WINDOW, **fields}, key="operate")

    async def posts(self, path: str, body: Any = None, **options: Any) -> Any:
        path = f"/v1/maintenance-windows/{path}"
        return await self.api.post(path, body, key="operate", **options)

    async def patches(self, path: str, body: Any, **options: Any) -> Any:
        path = f"/v1/maintenance-windows/{path}"
        return await self.api.call("PATCH", path, body, key="operate", **options)

    async def reads(self, path: str = "") -> dict[str, Any]:
        answer = await self.api.get(f"/v1/maintenance-windows{path}", key="read")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.api.events("tocsin.incidents")
        return [event for event in found if event["type"].startswith("tocsin.maintenance.")]

    async def told(self) -> list[tuple[str, str | None]]:
        """Each event's word, and the kind of message it makes."""
        return [(e["type"].split(".")[2], e["data"].get("kind")) for e in await self.events()]

    async def last(self) -> dict[str, Any]:
        data: dict[str, Any] = (await self.events())[-1]["data"]
        return data

    async def at(self, moment: datetime) -> None:
        """The clock comes to ``moment``, and what is due happens."""
        self.clock.set(moment)
        await self.api.fire_due()


@pytest_asyncio.fixture
async def works(api: Api, directory_document: dict[str, Any]) -> Works:
    directory_document["systems"].append({"key": "vpn-us", "name": "VPN US"})
    directory_document["clients"].append({"key": "cedar", "name": "Cedar", "systems": ["vpn-us"]})
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return Works(api)


@pytest.fixture
def joins(directory_document: dict[str, Any], api: Api) -> Any:
    """A client that begins to use the storage after the work was announced."""

    async def join() -> None:
        newcomer = {"key": "dune", "name": "Dune", "systems": ["storage-eu"]}
        directory_document["clients"].append(newcomer)
        answer = await api.put("/v1/directory", directory_document)
        assert answer.status_code == 200, answer.text

    return join
