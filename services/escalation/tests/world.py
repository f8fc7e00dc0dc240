"""Plays incident-api to a real escalation service, and reads what it publishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from escalation.bootstrap import Core, build_core
from escalation.firing.recovery import Recovery
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData, decode
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.registry import (
    DIRECTORY,
    INCIDENTS,
    KNOWN_TYPES,
    NOTIFICATIONS,
    Topic,
)
from tocsin_runtime import inbox
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.testing import FakeClock

from services.escalation.tests.provider import ACME_ITSELF, CRITICAL, client, plan, team

Told = TypeVar("Told", bound=EventData)


class World:
    """Each method is a fact that reaches the service, at the clock's present moment."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.revision = 0
        self.start = self.clock.now()
        self.core = self.another_process()
        self.heard: dict[Topic, list[Event[EventData]]] = defaultdict(list)
        """The log, as it would stand on Kafka."""

    def another_process(self, recovery: Recovery | None = None) -> Core:
        nobody_read = Recovery(self.clock, timedelta(0))
        return build_core(self.database, Outbox(self.database), self.clock, recovery or nobody_read)

    def minute(self, moment: datetime) -> float:
        """``moment`` as minutes from the start of the story."""
        return (moment - self.start).total_seconds() / 60

    async def at(self, minute: float, *, look_every: float = 1) -> None:
        """Time passes up to ``minute``; the timers are looked at as it does."""
        end = self.start + timedelta(minutes=minute)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + timedelta(minutes=look_every)))
            await self.look()

    async def away_until(self, minute: float) -> None:
        """Time passes while the service is down; then it is back and looks."""
        self.clock.set(self.start + timedelta(minutes=minute))
        self.core = self.another_process()
        await self.look()

    async def look(self) -> None:
        while await self.core.timers.fire_due():
            pass

    # ── the directory ───────────────────────────────────────────────────────────────────────────

    async def knows(self, *documents: EventData) -> None:
        """One complete apply of the directory."""
        self.revision += 1
        done = e.RevisionCompleted(revision=self.revision)
        events = [self._event(data, subject="directory") for data in (*documents, done)]
        self.heard[DIRECTORY].extend(events)
        await self._feed(self.core.directory, events)

    async def knows_nordlicht(self) -> None:
        await self.knows(
            self.team_changed(),
            self.client_changed("acme", "ACME"),
            self.client_changed("beta", "Beta AG"),
            e.PolicyChanged(revision=1, key="critical", document=CRITICAL),
            e.PolicyChanged(revision=1, key="acme-itself", document=ACME_ITSELF),
            e.PlanChanged(revision=1, key="gold", document=plan()),
        )

    def team_changed(self, **members: Any) -> e.TeamChanged:
        document = team(**members)
        return e.TeamChanged(revision=self.revision + 1, key=document.key, document=document)

    def client_changed(
        self, key: str, name: str, account_team: str | None = "team-a"
    ) -> e.ClientChanged:
        document = client(key, name, account_team)
        return e.ClientChanged(revision=self.revision + 1, key=key, document=document)

    # ── what the service published ──────────────────────────────────────────────────────────────

    async def outbox(self) -> list[Event[EventData]]:
        async with self.database.connection() as conn:
            rows = await conn.fetch("SELECT body FROM outbox ORDER BY id")
        return [decode(row["body"], KNOWN_TYPES) for row in rows]

    async def published(self, kind: type[Told]) -> list[Told]:
        return [event.data for event in await self.outbox() if isinstance(event.data, kind)]

    async def calls(self) -> list[tuple[float, str]]:
        """Who was called at which minute."""
        return [
            (self.minute(fired.at), person.name)
            for fired in await self.published(e.StepFired)
            for person in fired.notify
        ]

    async def state(
        self, incident_id: str, client_key: str = "acme", chain: ChainKind = ChainKind.ACCOUNT
    ) -> str | None:
        async with self.database.connection() as conn:
            state: str | None = await conn.fetchval(
                """SELECT state FROM escalations
                   WHERE incident_id = $1 AND client_key = $2 AND chain = $3""",
                incident_id,
                client_key,
                chain.value,
            )
        return state

    async def feed_notifications(self, incident_id: str, *data: EventData) -> None:
        events = [self._event(one, subject=incident_id) for one in data]
        self.heard[NOTIFICATIONS].extend(events)
        await self._feed(self.core.notifications, events)

    async def feed_incidents(self, *events: Event[EventData]) -> None:
        self.heard[INCIDENTS].extend(events)
        await self._feed(self.core.intake, events)

    async def _feed(self, handler: Any, events: Sequence[Event[EventData]]) -> None:
        """As the consumer does: one transaction, each event once."""
        async with self.database.transaction() as conn:
            new = await inbox.admit(conn, "test", [event.id for event in events])
            await handler(conn, [event for event in events if event.id in new])

    def _event(self, data: EventData, *, subject: str, sequence: int = 0) -> Event[EventData]:
        return new_event(
            data,
            source="incident-api",
            subject=subject,
            now=self.clock.now(),
            sequence=sequence,
        )
