"""Planned work as an operator runs it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from incident_api.testing import Api

STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)
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
