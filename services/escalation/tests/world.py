"""Plays incident-api to a real escalation service, and reads what it publishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from escalation.bootstrap import Core, build_core
from escalation.firing.recovery import Recovery
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData, decode
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot, IncidentUpdate
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_contracts.words import Kind, Severity, Status, Verb, Visibility
from tocsin_runtime import inbox
from tocsin_runtime.database import Database
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.testing import FakeClock

from services.escalation.tests.provider import CRITICAL, client, team

Told = TypeVar("Told", bound=EventData)
OPEN = Status.INVESTIGATING


class World:
    """Each method is a fact that reaches the service, at the clock's present moment."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.revision = 0
        self.start = self.clock.now()
        self.core = self.another_process()

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
        events = [self._event(data, subject="directory") for data in documents]
        done = e.RevisionCompleted(revision=self.revision)
        await self._feed(self.core.directory, [*events, self._event(done, subject="directory")])

    async def knows_nordlicht(self) -> None:
        await self.knows(
            self.team_changed(),
            self.client_changed("acme", "ACME"),
            self.client_changed("beta", "Beta AG"),
            e.PolicyChanged(revision=1, key="critical", document=CRITICAL),
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

    async def published(self, kind: type[Told]) -> list[Told]:
        async with self.database.connection() as conn:
            rows = await conn.fetch("SELECT body FROM outbox ORDER BY id")
        data = [decode(row["body"], KNOWN_TYPES).data for row in rows]
        return [one for one in data if isinstance(one, kind)]

    async def calls(self) -> list[tuple[float, str]]:
        """Who was called at which minute."""
        return [
            (self.minute(fired.at), person.name)
            for fired in await self.published(e.StepFired)
            for person in fired.notify
        ]

    async def state(self, incident_id: str, client_key: str = "acme") -> str | None:
        async with self.database.connection() as conn:
            state: str | None = await conn.fetchval(
                "SELECT state FROM escalations WHERE incident_id = $1 AND client_key = $2",
                incident_id,
                client_key,
            )
        return state

    async def feed_incidents(self, *events: Event[EventData]) -> None:
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


class Outage:
    """One incident, told to ``world`` event by event."""

    def __init__(
        self, world: World, severity: Severity = Severity.SEV1, clients: Sequence[str] = ("acme",)
    ) -> None:
        self.world = world
        self.policy: dict[str, str] = {}
        self.revisions: dict[str, int] = {}
        self.clients = tuple(clients)
        self.promises: dict[str, datetime] = {}
        self.snapshot = IncidentSnapshot(
            id=uuid7(),
            ref="INC-2041",
            sequence=0,
            title="Mail EU is down",
            severity=severity,
            status=OPEN,
            visibility=Visibility.PUBLISHED,
            routed=True,
            system_keys=("mail-eu",),
            started_at=world.clock.now(),
            known_at=world.clock.now(),
        )

    @property
    def id(self) -> str:
        return self.snapshot.id

    async def opens(self, **changes: Any) -> None:
        self._change(known_at=self.world.clock.now(), **changes)
        await self._say(e.IncidentOpened, audience=self.audience())

    async def is_acknowledged(self) -> None:
        self._change(acknowledged_at=self.world.clock.now(), acknowledged_by="key:noc")
        await self._say(e.IncidentAcknowledged)

    async def has_severity(self, severity: Severity) -> None:
        before = e.Before(severity=self.snapshot.severity)
        self._change(severity=severity)
        await self._say(e.IncidentChanged, changed=("severity",), before=before)

    async def is_published(self) -> None:
        self._change(visibility=Visibility.PUBLISHED)
        await self._say(e.IncidentPublished, audience=self.audience(), kind=Kind.INITIAL)

    async def is_updated(self, *, next_word: float | None = None, **given: Any) -> None:
        """``next_word``: minutes from now to the next promised update."""
        self._change()
        now = self.world.clock.now()
        if next_word is not None:
            due = now + timedelta(minutes=next_word)
            self.promises = dict.fromkeys(self.clients, due)
            given["next_update_due"] = self.promises
        update = IncidentUpdate(id=uuid7(), message="We replace a controller.", occurred_at=now)
        await self._say(e.IncidentUpdated, update=update, **{"kind": Kind.UPDATE, **given})

    async def has_audience(self, *clients: str) -> None:
        removed = tuple(key for key in self.clients if key not in clients)
        self.clients = clients
        self._change()
        await self._say(e.AudienceChanged, audience=self.audience(), removed=removed)

    async def is_resolved(self) -> None:
        self._change(status=Status.RESOLVED, resolved_at=self.world.clock.now())
        await self._say(e.IncidentResolved, kind=Kind.RESOLVED)

    async def is_cancelled(self) -> None:
        self._change(status=Status.CANCELLED)
        await self._say(e.IncidentCancelled, reason="A test alarm.", kind=Kind.RESOLVED)

    async def is_reopened(self) -> None:
        was, now = self.snapshot.resolved_at, self.world.clock.now()
        self._change(status=OPEN, resolved_at=None)
        await self._say(
            e.IncidentReopened, reopened_at=now, was_resolved_at=was or now, kind=Kind.REOPENED
        )

    async def is_answered(self, verb: Verb, person: str, *clients: str, **given: Any) -> None:
        now = self.world.clock.now()
        answer = e.IncidentStepAnswered(
            incident_id=self.id,
            verb=verb,
            person=person,
            client_keys=clients,
            answered_at=given.pop("answered_at", now),
            by=given.pop("by", "link"),
            **given,
        )
        await self.world.feed_incidents(self.world._event(answer, subject=self.id))
        await self.world.look()

    async def is_taken_by(self, person: str, *clients: str) -> None:
        await self.is_answered(Verb.TAKE, person, *clients)

    async def is_passed_on_by(self, person: str) -> None:
        await self.is_answered(Verb.DECLINE, person)

    async def state(self, client_key: str = "acme") -> str | None:
        return await self.world.state(self.id, client_key)

    def audience(self) -> Audience:
        clients = tuple(
            AudienceClient(
                client_key=key,
                client_revision=self.revisions.get(key, 1),
                plan_key="gold",
                severity_entry=self.snapshot.severity,
                escalation_policy=self.policy.get(key, "critical"),
                systems=("mail-eu",),
                next_update_due=self.promises.get(key),
                because="uses Mail EU",
            )
            for key in self.clients
        )
        return Audience(version=1, clients=clients)

    def _change(self, **fields: Any) -> None:
        number = self.snapshot.sequence + 1
        self.snapshot = self.snapshot.model_copy(update={"sequence": number, **fields})

    def event(self, fact: type[e.IncidentEvent], /, **given: Any) -> Event[EventData]:
        data = fact(incident=self.snapshot, audience_version=1, actor="key:noc", **given)
        return self.world._event(data, subject=self.id, sequence=self.snapshot.sequence)

    async def _say(self, fact: type[e.IncidentEvent], /, **given: Any) -> None:
        await self.world.feed_incidents(self.event(fact, **given))
        await self.world.look()
