"""Directory and contact events into the local copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_runtime.database import Connection, Database

from dispatcher.directory import store
from dispatcher.directory.addresses import Seal, labels
from dispatcher.directory.view import STAFF

KINDS: dict[type[EventData], str] = {
    e.ProviderChanged: "provider",
    e.ClientChanged: "client",
    e.SystemChanged: "system",
    e.TeamChanged: "team",
    e.PlanChanged: "plan",
    e.TemplateChanged: "template",
}
"""The entries the dispatcher reads; policies are escalation's."""

R = TypeVar("R", store.Entry, store.PersonRow)


class DirectoryIntake:
    """Handles one topic's batch; ``completed`` is called after the commit of a whole revision."""

    def __init__(self, database: Database, seal: Seal, completed: Callable[[], None]) -> None:
        self._database = database
        self._seal = seal
        self._completed = completed

    async def directory(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        entries = [entry for entry in map(_entry, events) if entry is not None]
        if entries:
            await store.upsert_entries(
                conn, _newest(entries, lambda entry: (entry.kind, entry.key))
            )
        for event in events:
            if isinstance(event.data, e.ContactErased):
                erased = event.data
                await store.forget_person(conn, erased.client_key, erased.person, event.time)
        await self._complete(conn, store.DIRECTORY_TOPIC, events)

    async def contacts(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        people = [
            self._person(event.data) for event in events if isinstance(event.data, e.ContactChanged)
        ]
        if people:
            await store.upsert_people(
                conn, _newest(people, lambda row: (row.client_key, row.person))
            )
        await self._complete(conn, store.CONTACTS_TOPIC, events)

    async def _complete(
        self, conn: Connection, topic: str, events: Sequence[Event[EventData]]
    ) -> None:
        done = [
            event.data.revision for event in events if isinstance(event.data, e.RevisionCompleted)
        ]
        if done:
            await store.complete(conn, topic, max(done))
            self._database.after_commit(conn, self._completed)

    def _labels(self, data: e.ContactChanged) -> dict[str, str]:
        found = labels(data.addresses, self._seal) if data.addresses else {}
        return {channel.value: label for channel, label in found.items()}

    def _person(self, data: e.ContactChanged) -> store.PersonRow:
        return store.PersonRow(
            client_key=data.client_key or STAFF,
            person=data.person,
            revision=data.revision,
            name=data.name if data.addresses else "",
            addresses=data.addresses.model_dump(mode="json") if data.addresses else None,
            labels=self._labels(data),
        )


def _newest(rows: Sequence[R], key: Callable[[R], tuple[str, str]]) -> list[R]:
    """The newest row of each key: one statement cannot write a row twice."""
    newest: dict[tuple[str, str], R] = {}
    for row in sorted(rows, key=lambda row: row.revision):
        newest[key(row)] = row
    return list(newest.values())


def _entry(event: Event[EventData]) -> store.Entry | None:
    kind = KINDS.get(type(event.data))
    if kind is None or not isinstance(event.data, e.DirectoryEvent):
        return None
    document = getattr(event.data, "document", None)
    dumped = document.model_dump(mode="json") if document is not None else None
    return store.Entry(kind, event.data.key, event.data.revision, dumped)
