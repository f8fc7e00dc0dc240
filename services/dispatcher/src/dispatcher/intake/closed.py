"""SQL of the addresses of askers that must not be written to: an answer takes another way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection

from dispatcher.directory.view import View

_CLOSED = """
SELECT channel, destination FROM suppressions
WHERE destination = ANY($1) AND lifted_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
"""


async def load(
    conn: Connection, events: Sequence[Event[EventData]], view: View, now: datetime
) -> frozenset[tuple[Channel, str]]:
    """Channel and digest; asks the database nothing where nobody asked or was answered."""
    labels = {label for key, who in _askers(events) for label in _labels(view, key, who)}
    if not labels:
        return frozenset()
    rows = await conn.fetch(_CLOSED, list(labels), now)
    return frozenset((Channel(row["channel"]), row["destination"]) for row in rows)


def _askers(events: Sequence[Event[EventData]]) -> set[tuple[str, str]]:
    askers = set()
    for event in events:
        data = event.data
        if isinstance(data, e.QuestionAsked):
            askers.add((data.client_key, data.person or ""))
        elif isinstance(data, e.QuestionAnswered):
            askers |= {(data.client_key, one.person or "") for one in data.questions}
    return askers


def _labels(view: View, client_key: str, key: str) -> Sequence[str]:
    person = view.person(client_key, key)
    return list(person.labels.values()) if person else []
