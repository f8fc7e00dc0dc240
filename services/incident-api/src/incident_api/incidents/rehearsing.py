"""What a call would do, by the very same decisions, with nothing written and nobody told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tocsin_runtime.database import Connection, Database
from tocsin_runtime.ids import uuid7

from incident_api.audience.digest import audience_digest
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents.acting import B, Place, Writing, acted
from incident_api.incidents.addressed import addressed
from incident_api.incidents.bodies import NewIncident
from incident_api.incidents.creating import check_new, draft_of
from incident_api.incidents.joining import Opening, open_or_join
from incident_api.incidents.recording import Recording
from incident_api.incidents.sending import load_for
from incident_api.web.parts import Parts

NO_REF = "INC-0"
"""Of an incident that is not opened; its number would be drawn for nothing."""


@dataclass(frozen=True)
class Rehearsed:
    """``recordings`` hold the events that would be published, the call's own incident first."""

    recordings: tuple[Recording, ...]
    view: DirectoryView

    @property
    def audience_digest(self) -> str:
        """What the call can be bound to."""
        return audience_digest(addressed(self.recordings))


async def rehearse(
    parts: Parts, writing: Writing[B], place: Place, body: B, *, actor: str
) -> Rehearsed:
    """Raises the problem with which the call would be refused."""
    async with _undone(parts.database) as conn:
        view, now = await read_view(conn), parts.clock.now()
        recording = await load_for(conn, writing, place, body, actor=actor, now=now)
        acted(writing.act(body), recording, view)
        return Rehearsed(recording.whole, view)


async def rehearse_opening(
    parts: Parts, body: NewIncident, *, actor: str, ref: str = NO_REF
) -> Rehearsed:
    """The same for ``POST /v1/incidents``."""
    async with _undone(parts.database) as conn:
        view, now = await read_view(conn), parts.clock.now()
        check_new(body, view, now)
        opening = Opening(view, incident_id=uuid7(), ref=ref, actor=actor, now=now)
        opened = await open_or_join(conn, draft_of(body, actor), opening)
        return Rehearsed(tuple(opened), view)


@asynccontextmanager
async def _undone(database: Database) -> AsyncIterator[Connection]:
    """A transaction of which nothing stays."""
    async with database.connection() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            yield conn
        finally:
            await transaction.rollback()
