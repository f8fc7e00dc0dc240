"""An outage at ACME, of which its people ask and say things."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest_asyncio
from incident_api.bootstrap import heard_from
from incident_api.testing import Api
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.outbox import new_event


class Story:
    """One incident; readers write, the dispatcher passes it on, operators answer."""

    def __init__(self, api: Api, incident: dict[str, Any]) -> None:
        self.api = api
        self.incident = incident
        self.id = str(incident["id"])
        self.ref = str(incident["ref"])

    async def hears(self, *said: EventData) -> None:
        now = self.api.clock.now()
        events = [new_event(one, source="dispatcher", subject=self.id, now=now) for one in said]
        async with self.api.database.transaction() as conn:
            await heard_from(self.api.app.state.parts, self.api.app.state.directory_writer)(
                conn, events
            )

    def reply(self, text: str = "Is archived mail safe?", **given: Any) -> e.ReplyReceived:
        values: dict[str, Any] = {
            "reply_id": "reply-1",
            "incident_id": self.id,
            "client_key": "acme",
            "person": "jo",
            "sender": "Jo Frei",
            "source": QuestionSource.EMAIL,
            "text": text,
            "subject": "Re: Mail EU",
            "at": self.api.clock.now(),
        }
        return e.ReplyReceived(**{**values, **given})

    async def gets(self, path: str) -> Any:
        answer = await self.api.get(path, key="read")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def conversation(self) -> dict[str, Any]:
        [found] = (await self.gets(f"/v1/conversations?incident={self.ref}"))["items"]
        whole: dict[str, Any] = await self.gets(f"/v1/conversations/{found['id']}")
        return whole

    async def answers(self, text: str = "Yes, it is.", **more: Any) -> Any:
        conversation_id = (await self.conversation())["id"]
        return await self.api.post(
            f"/v1/conversations/{conversation_id}/answers", {"text": text, **more}, key="operate"
        )

    async def told(self, word: str) -> list[dict[str, Any]]:
        """What was published as ``incident.<word>``."""
        return [
            one["data"]
            for one in await self.api.events("tocsin.incidents")
            if one["type"] == f"tocsin.incident.{word}.v1"
        ]

    async def lines(self) -> list[str]:
        return [
            one["text"] for one in (await self.gets(f"/v1/incidents/{self.id}/timeline"))["items"]
        ]

    async def needs(self, kind: str) -> list[dict[str, Any]]:
        found = (await self.gets("/v1/needs-attention"))["items"]
        return [one for one in found if one["kind"] == kind]

    def link(self, purpose: str = "confirm", **changed: Any) -> str:
        claims = {
            "purpose": purpose,
            "inc": self.id,
            "person": "jo",
            "clients": ["acme"],
            "jti": "delivery-1",
            "exp": int(self.api.clock.now().timestamp()) + 3600,
            **changed,
        }
        token = jwt.encode(claims, self.api.link_key, algorithm="EdDSA", headers={"kid": "k1"})
        return f"/{purpose}/{token}"


@pytest_asyncio.fixture
async def story(api: Api, directory_document: dict[str, Any]) -> Story:
    gold = directory_document["communication_plans"][0]
    gold["severities"]["sev1"]["answer_within_minutes"] = 15
    api.clock.set(datetime(2026, 11, 24, 12, 40, tzinfo=UTC))  # Tuesday, 13:40 in Berlin
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    answer = await api.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 201, answer.text
    return Story(api, answer.json())
