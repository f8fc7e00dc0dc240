"""What a change looks like now, in the shapes that the API answers in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tocsin_runtime.database import Connection

from incident_api.alerts import store as alerts
from incident_api.conversations import store as conversations
from incident_api.conversations.shown import conversation_shown
from incident_api.incidents import store as incidents
from incident_api.incidents.shown import incident_shown
from incident_api.stream.model import Change, Message, Topic
from incident_api.timeline import deliveries, escalations, store
from incident_api.web.shown import fields_shown

MOST_AT_ONCE = 200
"""Items in one event; of more, only the last event bears the id, so none is missed."""


class Presenter:
    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def messages(self, conn: Connection, changes: Iterable[Change]) -> list[Message]:
        found: list[Message] = []
        for change in changes:
            found += _messages(change, await self._items(conn, change))
        return found

    async def _items(self, conn: Connection, change: Change) -> list[dict[str, Any]]:
        match change.topic:
            case Topic.INCIDENT:
                return await self._incident(conn, change.subject_id)
            case Topic.TIMELINE:
                return [fields_shown(one) for one in await store.of_ids(conn, change.ids)]
            case Topic.DELIVERY:
                return [fields_shown(one) for one in await deliveries.of_ids(conn, change.ids)]
            case Topic.CONVERSATION:
                return [conversation_shown(o) for o in await conversations.of_ids(conn, change.ids)]
            case Topic.ESCALATION:
                return [fields_shown(one) for one in await escalations.of_ids(conn, change.ids)]

    async def _incident(self, conn: Connection, incident_id: str) -> list[dict[str, Any]]:
        incident = await incidents.find(conn, incident_id)
        if incident is None:
            return []
        clients = await incidents.read_audience(conn, incident_id)
        firing = (await alerts.of_incidents(conn, [incident_id]))[incident_id]
        return [incident_shown(incident, clients, firing, public_url=self._public_url)]


def _messages(change: Change, items: Sequence[dict[str, Any]]) -> list[Message]:
    chunks = [items[n : n + MOST_AT_ONCE] for n in range(0, len(items), MOST_AT_ONCE)]
    return [
        Message(
            event=change.topic,
            data=json.dumps({"incident_id": change.subject_id, "items": chunk}),
            subject_id=change.subject_id,
            id=change.position if place == len(chunks) else None,
        )
        for place, chunk in enumerate(chunks, start=1)
    ]
