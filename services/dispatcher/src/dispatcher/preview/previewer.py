"""Answers a preview: load what is known, plan as if, show, and leave everything as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import new_event

from dispatcher.delivery.composing import Composer
from dispatcher.directory import store as directory
from dispatcher.intake import store as intake
from dispatcher.intake import takes
from dispatcher.intake.batch import Batch, load
from dispatcher.planning.clients import Terms
from dispatcher.planning.model import Delivery
from dispatcher.preview import store
from dispatcher.preview.asking import Asked
from dispatcher.preview.other_specimens import IN_PLACE, tell_in_place
from dispatcher.preview.showing import Shower
from dispatcher.preview.specimens import About, specimen
from dispatcher.preview.trying import context, live_through, meet, rows_of, tell

WAIT_SECONDS = 2.0
LOOK_EVERY_SECONDS = 0.05
MAX_AGE = timedelta(hours=24)


class DirectoryBehind(Exception):
    """The revision that was asked for has not arrived here yet."""


WAITS = "waits until the change of the directory that is under way has arrived"
WHY_NOT = {
    Kind.APPROVAL_REQUEST: "its plan wants no yes before a first notice goes",
    Kind.DIGEST: "no other disruption is open for the same readers, so this one is told by itself",
}


@dataclass(frozen=True)
class Previewer:
    database: Database
    clock: Clock
    composer: Composer
    channels: Collection[Channel]

    async def preview(self, asked: Asked) -> dict[str, Any]:
        """``{"messages", "not_told"}``. Raises :class:`DirectoryBehind`."""
        await self._directory_at(asked.revision)
        batch = await self._loaded(asked)
        rows = await asyncio.to_thread(_planned, batch, asked)
        async with self.database.connection() as conn:
            around = await store.around(conn, rows, batch.terms.now)
        shower = Shower(self._harmless(), batch.view, batch.terms.now, asked.html)
        messages, not_told = await asyncio.to_thread(shower.shown, rows, around)
        return {"messages": messages, "not_told": [*not_told, *_left_out(batch, asked, rows)]}

    async def _directory_at(self, revision: int) -> None:
        for _ in range(int(WAIT_SECONDS / LOOK_EVERY_SECONDS)):
            async with self.database.connection() as conn:
                if await directory.local_revision(conn) >= revision:
                    return
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        raise DirectoryBehind

    async def _loaded(self, asked: Asked) -> Batch:
        """Committed at once: planning needs no lock, since nothing is written."""
        now = self.clock.now()
        terms = Terms(now, self.channels, now - MAX_AGE)
        async with self.database.transaction() as conn:
            others = await store.open_incidents(conn) if asked.kind is Kind.DIGEST else []
            known = await intake.load_known(conn, others)
            events = [*context(asked, now), *asked.told, *asked.events]
            for one in known.values():
                beside = replace(asked, incident=one.snapshot, audience=one.audience)
                events += context(beside, now)
            batch = await load(conn, events, terms, {})
            batch.takes = await takes.taken_at(conn, {event.subject for event in events})
        batch.events = {}
        return batch

    def _harmless(self) -> Composer:
        """Whose links look like the real ones and open nothing; drafts are not shared with those
        that are sent, which another thread makes."""
        return self.composer.of_nobody()


def _planned(batch: Batch, asked: Asked) -> list[Delivery]:
    live_through(batch, asked.told)
    meet(batch, asked)
    if asked.kind in IN_PLACE:
        tell_in_place(batch, asked)
        return rows_of(batch, asked.kind)
    tell(batch, asked.events or _specimen(batch, asked))
    return rows_of(batch, asked.kind)


def _specimen(batch: Batch, asked: Asked) -> list[Event[EventData]]:
    """What a clock or a colleague would bring about."""
    incident, clients = asked.incident, asked.audience.clients if asked.audience else ()
    if incident is None:
        return []
    now, channels = batch.terms.now, batch.terms.channels
    data = specimen(asked.kind, About(batch.view, incident, clients, now=now, channels=channels))
    sequence = batch.known[incident.id].sequence + 1
    subject = incident.id
    return (
        [new_event(data, source="preview", subject=subject, now=now, sequence=sequence)]
        if data
        else []
    )


def _left_out(batch: Batch, asked: Asked, rows: list[Delivery]) -> list[dict[str, Any]]:
    """Clients of the audience for whom not even a row was planned."""
    waiting = {parked.lane for parked in batch.parked}
    spoken_of = {row.message.client_key for row in rows}
    audience = asked.audience.clients if asked.audience else ()
    if asked.kind.for_staff and rows:
        return []
    return [
        {
            "client_key": one.client_key,
            "because": WAITS if one.client_key in waiting else _why_not(asked.kind),
        }
        for one in audience
        if one.client_key not in spoken_of
    ]


def _why_not(kind: Kind) -> str:
    staff = "nobody of its account team is there to be told"
    return WHY_NOT.get(kind, staff if kind.for_staff else "this message does not concern it")
