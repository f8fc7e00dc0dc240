"""One incident as incident-api tells it, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot, IncidentUpdate
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Kind, QuestionSource, Severity, Status, Verb, Visibility
from tocsin_runtime.ids import uuid7

from services.escalation.tests.world import World

OPEN = Status.INVESTIGATING


class Outage:
    """One incident, told to ``world`` event by event."""

    def __init__(
        self, world: World, severity: Severity = Severity.SEV1, clients: Sequence[str] = ("acme",)
    ) -> None:
        self.world = world
        self.policy: dict[str, str] = {}
        self.own_policy: dict[str, str] = {}
        """By client the policy of its own chain."""
        self.revisions: dict[str, int] = {}
        self.clients = tuple(clients)
        self.promises: dict[str, datetime] = {}
        self.first_due: dict[str, datetime] = {}
        self.said: Event[e.IncidentEvent]
        """What was said last, of which the dispatcher makes its messages."""
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

    def promise(self, *, first: float | None = None, word: float | None = None) -> None:
        """What is promised from the opening on, in minutes from now, to every client."""
        now = self.world.clock.now()
        if first is not None:
            self.first_due = dict.fromkeys(self.clients, now + timedelta(minutes=first))
        if word is not None:
            self.promises = dict.fromkeys(self.clients, now + timedelta(minutes=word))

    async def opens(self, kind: Kind | None = None, **changes: Any) -> None:
        self._change(known_at=self.world.clock.now(), **changes)
        await self._say(e.IncidentOpened, audience=self.audience(), kind=kind)
        self.opening = self.said

    async def is_acknowledged(self) -> None:
        self._change(acknowledged_at=self.world.clock.now(), acknowledged_by="key:noc")
        await self._say(e.IncidentAcknowledged)

    async def has_severity(self, severity: Severity, *, next_word: float | None = None) -> None:
        before = e.Before(severity=self.snapshot.severity)
        self._change(severity=severity)
        given = {"kind": Kind.UPDATE, **self._moving(next_word)} if next_word else {}
        await self._say(e.IncidentChanged, changed=("severity",), before=before, **given)

    async def has_holding_notice(self, *, next_word: float) -> None:
        self._change(holding_notice_at=self.world.clock.now())
        moving = self._moving(next_word)
        kind = Kind.HOLDING_NOTICE
        await self._say(e.HoldingNoticeIssued, audience=self.audience(), kind=kind, **moving)

    async def is_linked(self, parent: str | None, *, next_word: float | None = None) -> None:
        self._change(parent_id=parent)
        await self._say(
            e.IncidentLinked,
            parent_id=parent,
            parent_ref=parent,
            reason="the same storage",
            **self._moving(next_word),
        )

    async def is_corrected(self) -> None:
        self._change()
        await self._say(
            e.IncidentCorrected,
            corrects=self.said.id,
            update_id=uuid7(),
            wrong="All mail is kept.",
            told_at=self.world.clock.now(),
            right="Some was returned.",
            kind=Kind.CORRECTION,
        )

    async def has_rung(self, client: str, *, minute: float | None = None) -> None:
        """A person spoke with the client, now or at ``minute``."""
        world = self.world
        at = world.clock.now() if minute is None else world.start + timedelta(minutes=minute)
        made = e.ContactMade(
            incident_id=self.id, client_key=client, person="jo", at=at, actor="user:ann"
        )
        await world.feed_incidents(world._event(made, subject=self.id))
        await world.look()

    async def is_published(self) -> None:
        self._change(visibility=Visibility.PUBLISHED)
        await self._say(e.IncidentPublished, audience=self.audience(), kind=Kind.INITIAL)

    async def is_updated(
        self,
        *,
        next_word: float | None = None,
        clients: tuple[str, ...] | None = None,
        **given: Any,
    ) -> None:
        """``next_word``: minutes from now to the next promised update; ``clients``: only theirs."""
        self._change()
        now = self.world.clock.now()
        moving = self._moving(next_word, clients)
        update = IncidentUpdate(
            id=uuid7(), message="We replace a controller.", client_keys=clients, occurred_at=now
        )
        said = {"kind": Kind.UPDATE, "only_clients": clients, **moving, **given}
        await self._say(e.IncidentUpdated, update=update, **said)

    async def has_audience(self, *clients: str, **given: Any) -> None:
        removed = tuple(key for key in self.clients if key not in clients)
        self.clients = clients
        self._change()
        given = {"removed": removed, **given}
        await self._say(e.AudienceChanged, audience=self.audience(), **given)

    async def is_resolved(self, *, closure: float | None = None) -> None:
        """``closure``: minutes from now to the promised closing note."""
        now = self.world.clock.now()
        self._change(status=Status.RESOLVED, resolved_at=now)
        due = (
            {} if closure is None else dict.fromkeys(self.clients, now + timedelta(minutes=closure))
        )
        await self._say(e.IncidentResolved, kind=Kind.RESOLVED, closure_due=due)

    async def is_closed(self) -> None:
        self._change(status=Status.CLOSED, closed_at=self.world.clock.now())
        told = {"root_cause": "A disk.", "steps_taken": "Replaced.", "prevention": "Watch it."}
        await self._say(e.IncidentClosed, kind=Kind.CLOSURE, **told)

    async def is_cancelled(self) -> None:
        self._change(status=Status.CANCELLED)
        await self._say(e.IncidentCancelled, reason="A test alarm.", kind=Kind.RESOLVED)

    async def is_reopened(self, *, next_word: float | None = None) -> None:
        was, now = self.snapshot.resolved_at, self.world.clock.now()
        self._change(status=OPEN, resolved_at=None)
        await self._say(
            e.IncidentReopened,
            reopened_at=now,
            was_resolved_at=was or now,
            kind=Kind.REOPENED,
            **self._moving(next_word),
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

    async def is_operated(self, verb: Verb, *clients: str, **given: Any) -> None:
        """An operator does it by the API, in their own name."""
        given = {"reason": "They asked us to.", "by": "key:noc", **given}
        await self.is_answered(verb, "key:noc", *clients, **given)

    async def is_confirmed(self, client: str, *, person: str = "jo", name: str = "Jo Frei") -> None:
        """Somebody at the client says by the notice's link that they have read it."""
        said = self._confirm(e.IncidentReceiptConfirmed, client, person, name, QuestionSource.LINK)
        await self.world.feed_incidents(self.world._event(said, subject=self.id))
        await self.world.look()

    async def is_confirmed_by_key(self, client: str) -> None:
        said = self._confirm(e.ReplyConfirmed, client, "jo", "Jo Frei", QuestionSource.VOICE)
        await self.world.feed_notifications(self.id, said)
        await self.world.look()

    def _confirm(
        self,
        fact: type[e.IncidentReceiptConfirmed],
        client: str,
        person: str,
        name: str,
        source: QuestionSource,
    ) -> e.IncidentReceiptConfirmed:
        return fact(
            incident_id=self.id,
            client_key=client,
            person=person,
            person_name=name,
            source=source,
            confirmed_at=self.world.clock.now(),
        )

    async def is_taken_by(self, person: str, *clients: str) -> None:
        await self.is_answered(Verb.TAKE, person, *clients)

    async def is_passed_on_by(self, person: str) -> None:
        await self.is_answered(Verb.DECLINE, person)

    async def state(
        self, client_key: str = "acme", chain: ChainKind = ChainKind.ACCOUNT
    ) -> str | None:
        return await self.world.state(self.id, client_key, chain)

    def audience(self) -> Audience:
        clients = tuple(
            AudienceClient(
                client_key=key,
                client_revision=self.revisions.get(key, 1),
                plan_key="gold",
                severity_entry=self.snapshot.severity,
                escalation_policy=self.policy.get(key, "critical"),
                confirmation_policy=self.own_policy.get(key),
                systems=("mail-eu",),
                first_notice_due=self.first_due.get(key),
                next_update_due=self.promises.get(key),
                because="uses Mail EU",
            )
            for key in self.clients
        )
        return Audience(version=1, clients=clients)

    def _moving(
        self, next_word: float | None, clients: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The event's promises, if it moves any."""
        if next_word is None:
            return {}
        due = self.world.clock.now() + timedelta(minutes=next_word)
        moved = dict.fromkeys(self.clients if clients is None else clients, due)
        self.promises = {**self.promises, **moved}
        return {"next_update_due": moved}

    def _change(self, **fields: Any) -> None:
        number = self.snapshot.sequence + 1
        self.snapshot = self.snapshot.model_copy(update={"sequence": number, **fields})

    def event(self, fact: type[e.IncidentEvent], /, **given: Any) -> Event[EventData]:
        data = fact(incident=self.snapshot, audience_version=1, actor="key:noc", **given)
        return self.world._event(data, subject=self.id, sequence=self.snapshot.sequence)

    async def _say(self, fact: type[e.IncidentEvent], /, **given: Any) -> None:
        event = self.event(fact, **given)
        self.said = cast(Event[e.IncidentEvent], event)
        await self.world.feed_incidents(event)
        await self.world.look()
