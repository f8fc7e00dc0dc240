"""Directory events into the local copy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    ClientChanged,
    ContactErased,
    DirectoryEvent,
    PlanChanged,
    PolicyChanged,
    RevisionCompleted,
    TeamChanged,
)
from tocsin_runtime.database import Connection

from escalation.people import store

KINDS: dict[type[DirectoryEvent], str] = {
    ClientChanged: "client",
    TeamChanged: "team",
    PolicyChanged: "policy",
    PlanChanged: "plan",
}
"""What this service reads. Of a plan only the cadence: which plan applies was decided where the
audience was, and so was every promise."""

Entry = ClientChanged | TeamChanged | PolicyChanged | PlanChanged

RevisionReached = Callable[[Connection, int], Awaitable[None]]
Forget = Callable[[Connection, str, str, datetime], Awaitable[None]]
"""Blank the name of a client's contact as of a moment."""


class DirectoryHandler:
    """Keeps the copy; ``revision_reached`` lets those go on who waited for it, ``forget`` blanks
    names beyond it."""

    def __init__(self, revision_reached: RevisionReached, forget: Forget) -> None:
        self._revision_reached = revision_reached
        self._forget = forget

    async def __call__(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        for event in events:
            if isinstance(event.data, RevisionCompleted):
                await store.reach_revision(conn, event.data.revision)
                await self._revision_reached(conn, event.data.revision)
            elif isinstance(event.data, ContactErased):
                erased = event.data
                await self._forget(conn, erased.client_key, erased.person, event.time)
            elif isinstance(event.data, Entry):
                await _entry_changed(conn, event.data)


async def _entry_changed(conn: Connection, data: Entry) -> None:
    document = None if data.document is None else data.document.model_dump(mode="json")
    await store.put_entry(conn, KINDS[type(data)], data.key, data.revision, document)
