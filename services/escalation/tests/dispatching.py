"""Plays the dispatcher: plans the messages of what was said last, and tells what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.ids import uuid7

from services.escalation.tests.outage import Outage

ACCEPTED = DeliveryState.ACCEPTED


@dataclass
class Message:
    """One client's message of one event: a row a notify rule."""

    outage: Outage
    client: str
    cause_id: str
    kind: Kind
    rows: list[e.PlannedDelivery] = field(default_factory=list)

    async def ends(
        self,
        state: DeliveryState = ACCEPTED,
        *,
        rules: Sequence[int] | None = None,
        reason: str | None = None,
        at: float | None = None,
    ) -> None:
        """What became of the rows, or of those of ``rules``; ``at`` is a minute of the story."""
        world = self.outage.world
        moment = world.clock.now() if at is None else world.start + timedelta(minutes=at)
        chosen = [r for r in self.rows if rules is None or set(r.rules) & set(rules)]
        outcomes = tuple(self._outcome(row, state, reason, moment) for row in chosen)
        told = e.OutcomesRecorded(incident_id=self.outage.id, outcomes=outcomes)
        await world.feed_notifications(self.outage.id, told)

    def _outcome(
        self, row: e.PlannedDelivery, state: DeliveryState, reason: str | None, at: datetime
    ) -> e.Outcome:
        return e.Outcome(
            delivery_id=row.delivery_id,
            cause_id=self.cause_id,
            kind=self.kind,
            client_key=self.client,
            person=row.person,
            channel=row.channel,
            state=state,
            reason=reason,
            attempt=1,
            at=at,
        )


async def planned(
    outage: Outage,
    client: str = "acme",
    *,
    rules: Sequence[int] = (0,),
    state: DeliveryState = DeliveryState.PENDING,
    reason: str | None = None,
    kind: Kind | None = None,
) -> Message:
    """The message to ``client`` of what was said last."""
    said = outage.said
    kind = kind or said.data.kind or Kind.UPDATE
    message = Message(
        outage, client, said.id, kind, [_row(client, r, state, reason) for r in rules]
    )
    told = e.NotificationPlanned(
        incident_id=outage.id, cause_id=said.id, kind=kind, deliveries=tuple(message.rows)
    )
    await outage.world.feed_notifications(outage.id, told)
    return message


async def told(outage: Outage, *clients: str) -> None:
    """The message goes out, and is accepted at once."""
    for client in clients or outage.clients:
        await (await planned(outage, client)).ends()


def _row(client: str, rule: int, state: DeliveryState, reason: str | None) -> e.PlannedDelivery:
    return e.PlannedDelivery(
        delivery_id=uuid7(),
        client_key=client,
        person=f"{client}-{rule}",
        person_name=f"Jo Frei {rule}",
        roles=("it_lead",),
        channel=Channel.EMAIL,
        state=state,
        reason=reason,
        because="uses Mail EU",
        rules=(rule,),
    )
