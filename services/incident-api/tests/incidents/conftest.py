"""An operator's desk: the service with the sample directory, and shorthands for its calls."""

from __future__ import annotations

from typing import Any

import pytest


class Desk:
    """Calls as the operator; events and clock of the service behind them."""

    def __init__(self, api: Any) -> None:
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


@pytest.fixture
async def desk(api: Any, directory_document: Any) -> Desk:
    directory_document["systems"].append({"key": "vpn-us", "name": "VPN US"})
    directory_document["clients"].append({"key": "cedar", "name": "Cedar", "systems": ["vpn-us"]})
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return Desk(api)
