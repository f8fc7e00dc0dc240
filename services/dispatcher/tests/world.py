"""A dispatcher on a real database, its clock held still and its providers played."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.port import (
    Accepted,
    Destination,
    RenderedMessage,
    SendOutcome,
)
from dispatcher.core import Core, build_core
from dispatcher.settings import Settings
from pydantic import SecretStr
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import (
    IncidentSnapshot,
)
from tocsin_contracts.words import (
    Channel,
    Kind,
)
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.testing import FakeClock

from services.dispatcher.tests.facts import (
    SEAL_KEY,
    acme,
    addresses,
    gold,
    mail_eu,
    provider,
    snapshot,
    team,
)

LINK_SEED = base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Sent:
    channel: Channel
    address: str
    message: RenderedMessage
    key: str

    @property
    def kind(self) -> Kind:
        return self.message.kind


@dataclass
class PlayedChannel:
    """A provider that answers what the story says; ``sent`` is what it was given."""

    name: Channel
    concurrency: int = 4
    answer: Callable[[RenderedMessage, Destination], SendOutcome] | None = None
    sent: list[Sent] = field(default_factory=list)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        self.sent.append(Sent(self.name, to.address, message, idempotency_key))
        if self.answer is not None:
            return self.answer(message, to)
        return Accepted(message.thread.message_id)


def settings(**given: Any) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql://unused"),
        seal_private_key=SecretStr(base64.b64encode(bytes(SEAL_KEY)).decode()),
        link_signing_key=SecretStr(LINK_SEED),
        public_url="https://tocsin.example",
        mail_from="status@nordlicht.example",
        **given,
    )


class World:
    """Plays incident-api and escalation: each method is a fact that reaches the dispatcher."""

    def __init__(self, database: Database, clock: FakeClock | None = None) -> None:
        self.database = database
        self.clock = clock or FakeClock()
        self.channels = {
            name: PlayedChannel(name) for name in (Channel.EMAIL, Channel.SLACK, Channel.WEBHOOK)
        }
        self.health: HealthRegistry | None = None
        self.core = self.another_process()
        self.revision = 0
        self._sequence = 0

    def another_process(self, **given: Any) -> Core:
        return build_core(
            settings(**given),
            self.database,
            Outbox(self.database),
            self.clock,
            self.channels,
            health=self.health,
        )

    @property
    def mails(self) -> list[Sent]:
        return self.channels[Channel.EMAIL].sent

    # ── the directory ───────────────────────────────────────────────────────────────────────────

    async def knows(
        self, *documents: EventData, people: Sequence[e.ContactChanged] = (), complete: bool = True
    ) -> None:
        """One apply of the directory reaches both topics."""
        revision = self.revision + 1
        self.revision = revision
        done = [e.RevisionCompleted(revision=revision)] if complete else []
        entries = [_at(revision, document) for document in documents]
        contacts = [_at(revision, person) for person in people]
        await self._feed(self.core.directory.directory, "directory", [*entries, *done])
        await self._feed(self.core.directory.contacts, "directory", [*contacts, *done])

    async def knows_acme(self) -> None:
        await self.knows(provider(), mail_eu(), gold(), team(), acme(), people=addresses())

    # ── incidents and escalations ───────────────────────────────────────────────────────────────

    async def hears(self, *data: EventData, at: datetime | None = None) -> None:
        """Events of ``tocsin.incidents``, in one batch."""
        await self._feed(self.core.intake.incidents, None, data, at)

    async def hears_escalation(self, *data: EventData, at: datetime | None = None) -> None:
        await self._feed(self.core.intake.escalations, None, data, at)

    def snapshot(self, **given: Any) -> IncidentSnapshot:
        self._sequence += 1
        return snapshot(sequence=self._sequence, **given)

    async def _feed(
        self,
        handler: Callable[[Connection, Sequence[Event[EventData]]], Any],
        subject: str | None,
        data: Sequence[EventData],
        at: datetime | None = None,
    ) -> None:
        if not data:
            return
        events = [self._event(one, subject, at) for one in data]
        async with self.database.transaction() as conn:
            await handler(conn, events)

    def _event(self, data: EventData, subject: str | None, at: datetime | None) -> Event[EventData]:
        incident = getattr(data, "incident", None) or getattr(data, "window", None)
        name = str(subject or (incident.id if incident else getattr(data, "incident_id", "?")))
        sequence = incident.sequence if incident else 0
        now = at or self.clock.now()
        return new_event(data, source="test", subject=name, now=now, sequence=sequence)

    # ── what came of it ─────────────────────────────────────────────────────────────────────────

    async def deliver(self, core: Core | None = None) -> int:
        return await (core or self.core).worker.run_due()

    async def rows(self, **where: Any) -> list[dict[str, Any]]:
        async with self.database.connection() as conn:
            found = await conn.fetch("SELECT * FROM deliveries ORDER BY position")
        rows = [dict(row) for row in found]
        return [row for row in rows if all(row[name] == value for name, value in where.items())]

    async def published(self, data: type[EventData]) -> list[Any]:
        """The bodies of the events of one type that lie in the outbox."""
        async with self.database.connection() as conn:
            found = await conn.fetch("SELECT body FROM outbox ORDER BY id")
        bodies = [json.loads(row["body"]) for row in found]
        return [
            data.model_validate(body["data"]) for body in bodies if body["type"] == data.event_type
        ]


def _at(revision: int, data: EventData) -> EventData:
    return data.model_copy(update={"revision": revision})
