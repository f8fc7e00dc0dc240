"""From targets to rows: the state each begins in, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin_contracts.directory import CommunicationPlan
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, DeliveryState, Severity
from tocsin_runtime.ids import uuid7

from dispatcher.gating.fallback import goes_if
from dispatcher.gating.model import Gated, Skip, Step, Wait
from dispatcher.gating.rules import gate
from dispatcher.planning.limits import limits_for, promised_by
from dispatcher.planning.model import (
    Delivery,
    Message,
    StandIn,
    Target,
    thread_of,
    urgency_of,
)

PLANNED_WORK = Severity.SEV3
"""What holds back a message of planned work, which has no severity of its own."""


@dataclass
class Making:
    """The rows of one event and client.

    ``zone`` is the client's; ``promised`` is when it was to hear next; ``instead`` says why none of
    them goes; ``step`` is that of the client's own escalation behind them.
    """

    concerned: AudienceClient
    plan: CommunicationPlan | None
    zone: str
    now: datetime
    promised: datetime | None = None
    instead: str | None = None
    step: Step | None = None
    made: dict[str, Delivery] = field(default_factory=dict)
    places: dict[tuple[Channel, str], str] = field(default_factory=dict)

    def tell(self, message: Message, targets: Iterable[Target]) -> None:
        for target in targets:
            row = self._begun(self._row(message, target))
            self.made[row.id] = row
            self.places[target.place] = row.id

    def stand_in(self, targets: Iterable[Target]) -> None:
        """After those they stand in for, whose text they say; with nothing to say to these there is
        nothing to stand in for."""
        for target in targets:
            siblings = [self.made[self.places[place]] for place in target.instead_of]
            hopes = [one for one in siblings if one.state is not DeliveryState.SKIPPED]
            if hopes:
                row = self._standing_in(self._row(hopes[0].message, target), siblings, hopes)
            else:
                skip = target.skip or siblings[0].reason
                row = self._row(siblings[0].message, replace(target, skip=skip))
            self.made[row.id] = row

    def rows(self) -> list[Delivery]:
        return list(self.made.values())

    def _row(self, message: Message, target: Target) -> Delivery:
        notice = message.notice
        severity = notice.incident.severity if notice.incident else PLANNED_WORK
        reason = self.instead or target.skip
        return Delivery(
            id=uuid7(),
            message=message,
            target=target,
            thread=thread_of(message.incident_id, "client", target.channel, target.destination),
            urgency=urgency_of(message.kind, severity),
            state=DeliveryState.SKIPPED if reason else DeliveryState.PENDING,
            reason=reason,
            step=self.step,
            limits=limits_for(
                self.plan,
                message.kind,
                severity,
                channel=target.channel,
                client=notice.client.called or notice.client.name if notice.client else "",
                zone=target.reader.timezone or self.zone,
                whose=target.person_name,
                promised=promised_by(message.kind, self.concerned, self.promised),
                drill=notice.drill,
            ),
        )

    def _begun(self, row: Delivery) -> Delivery:
        """What the gate says by now; what else happens it knows only when the row is due."""
        if row.state is not DeliveryState.PENDING:
            return row
        match gate(Gated(kind=row.message.kind, limits=row.limits), self.now):
            case Wait(until=until, why=why):
                return replace(row, state=DeliveryState.WAITING, reason=why, due_at=until)
            case Skip(why=why):
                return replace(row, state=DeliveryState.SKIPPED, reason=why)
        return row

    def _standing_in(
        self, row: Delivery, siblings: Sequence[Delivery], hopes: Sequence[Delivery]
    ) -> Delivery:
        if row.state is DeliveryState.SKIPPED:
            return row
        given = row.target.after_minutes
        for one in hopes:
            self.made[one.id] = replace(one, fallbacks=(*one.fallbacks, row.id))
        begins = max(one.due_at or self.now for one in hopes)
        channels = dict.fromkeys(one.target.channel for one in hopes)
        return replace(
            row,
            stands_in=StandIn(tuple(sibling.id for sibling in siblings), given),
            state=DeliveryState.PLANNED,
            reason=goes_if(channels, given),
            due_at=begins + timedelta(minutes=float(given)),
        )
