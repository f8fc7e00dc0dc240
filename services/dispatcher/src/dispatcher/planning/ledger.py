"""What one batch of events decides, gathered in memory before it is written at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from tocsin_contracts.words import Channel, DeliveryState, Kind

from dispatcher.planning.model import (
    ASIDE,
    ONCE_MORE,
    OPEN,
    Delivery,
    Message,
    OpenRow,
    Released,
    Superseded,
    Target,
    Told,
    Waits,
)
from dispatcher.planning.notices import History, said_in
from dispatcher.rendering.notice import Notice


@dataclass
class IncidentLedger:
    """One incident's deliveries as this batch sees them: those in the database, and new ones."""

    told: dict[str | None, dict[tuple[str, Channel], Told]] = field(default_factory=dict)
    open: dict[str | None, dict[str, OpenRow]] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    sent: dict[str, set[tuple[Channel, str]]] = field(default_factory=dict)
    """By client where something has arrived, or may have: destinations, and people."""

    def told_of(self, client_key: str | None) -> list[Told]:
        return list(self.told.get(client_key, {}).values())

    def open_of(self, client_key: str | None) -> list[OpenRow]:
        return list(self.open.get(client_key, {}).values())

    def saying(self, notice: Notice) -> None:
        """The newest message to a client is the one that the next is compared with."""
        said = said_in(notice)
        if notice.client is None or said is None:
            return
        history = self.histories.get(notice.client.key, History())
        self.histories[notice.client.key] = replace(history, said=said)

    def newcomers(
        self, client_key: str, targets: Iterable[Target], replaced: Collection[OpenRow]
    ) -> set[tuple[Channel, str]]:
        """Of ``targets`` the (channel, person) that heard nothing of this incident, nor has their
        mailbox, and for whom nothing is under way but what is ``replaced``."""
        gone = {row.id for row in replaced}
        heard = set(self.sent.get(client_key, ()))
        for row in self.open_of(client_key):
            if row.doubtful or row.id not in gone:
                heard |= {(row.channel, row.destination), (row.channel, row.person)}
        return {
            (target.channel, target.person)
            for target in targets
            if not heard & {(target.channel, target.destination), (target.channel, target.person)}
        }

    def remember(self, told: Told) -> None:
        """The newest roles of a person on a channel are those that count."""
        self.told.setdefault(told.client_key, {})[told.person, told.channel] = told

    def only_for(self, rows: Iterable[OpenRow]) -> list[OpenRow]:
        """The fallbacks that stand in for none but ``rows``."""
        ids = {row.id for row in rows}
        if not ids:
            return []
        return [
            row
            for client_rows in self.open.values()
            for row in client_rows.values()
            if row.siblings and ids.issuperset(row.siblings)
        ]

    def opened(self, row: OpenRow) -> None:
        self.open.setdefault(row.client_key, {})[row.id] = row


@dataclass
class Ledger:
    """The batch's decisions: new rows in order, and what became of older ones."""

    incidents: dict[str, IncidentLedger] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    superseded: dict[str, Superseded] = field(default_factory=dict)
    released: dict[str, Released] = field(default_factory=dict)
    waits: dict[str, Waits] = field(default_factory=dict)
    repointed: dict[str, str] = field(default_factory=dict)
    """Rows of the database that say something else by now: the message of each."""

    def incident(self, incident_id: str) -> IncidentLedger:
        return self.incidents.setdefault(incident_id, IncidentLedger())

    def add(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            message = delivery.message
            self.messages[message.id] = message
            self.deliveries[delivery.id] = delivery
            known = self.incident(message.incident_id)
            known.notices[message.id] = message.notice
            if delivery.state is not DeliveryState.SKIPPED and message.kind not in ASIDE:
                by_hand = delivery.target.because.startswith(ONCE_MORE)
                if delivery.stands_in is None and not by_hand:
                    known.remember(_told(delivery))
                if delivery.step is None:
                    known.saying(message.notice)
            if delivery.state in OPEN:
                known.opened(_open_row(delivery))

    def supersede(
        self,
        incident_id: str,
        rows: Sequence[OpenRow],
        reason: str,
        state: DeliveryState = DeliveryState.SUPERSEDED,
    ) -> None:
        """Take ``rows`` out, in the database or out of this very batch; each only once. With them
        goes what stands in for nothing else."""
        known = self.incident(incident_id)
        for row in [*rows, *known.only_for(rows)]:
            if known.open[row.client_key].pop(row.id, None) is None:
                continue
            self.superseded[row.id] = Superseded(row, incident_id, state, reason)

    def hold(self, delivery_id: str, approval_id: str, reason: str) -> None:
        """A new row waits for a yes. One that stands in for another needs it as well, and stays
        what it is."""
        delivery = self.deliveries[delivery_id]
        if delivery.state is not DeliveryState.PLANNED:
            delivery = replace(delivery, state=DeliveryState.WAITING, reason=reason)
        self._put(replace(delivery, approval_id=approval_id))

    def wait_behind(self, delivery_id: str, reason: str) -> None:
        """A new row waits, though not for a yes of its own."""
        delivery = self.deliveries[delivery_id]
        self._put(replace(delivery, state=DeliveryState.WAITING, reason=reason))

    def wait_on(self, incident_id: str, rows: Iterable[OpenRow], reason: str) -> None:
        """Rows of the database that wait, and go on waiting for another reason."""
        self.waits |= {row.id: Waits(row, incident_id, reason) for row in rows if not row.siblings}

    def release(self, incident_id: str, rows: Sequence[OpenRow], reason: str) -> None:
        """Rows that waited for a yes have it."""
        known = self.incident(incident_id)
        for row in rows:
            delivery = self.deliveries.get(row.id)
            if delivery is None:
                known.opened(replace(row, approval_id=None))
                self.released[row.id] = Released(row, incident_id, reason)
            elif delivery.state is DeliveryState.WAITING:
                state = DeliveryState.PENDING
                self._put(replace(delivery, state=state, reason=reason, approval_id=None))
            else:
                self._put(replace(delivery, approval_id=None))

    def reword(self, message: Message) -> None:
        """A new message says something else than when it was added; its rows stay as they are."""
        self.messages[message.id] = message
        self.incident(message.incident_id).notices[message.id] = message.notice
        for delivery in tuple(self.deliveries.values()):
            if delivery.message.id == message.id:
                self.deliveries[delivery.id] = replace(delivery, message=message)

    def repoint(self, rows: Sequence[OpenRow], message: Message) -> None:
        """``rows`` say ``message`` instead of what they would have said."""
        known = self.incident(message.incident_id)
        self.messages[message.id] = message
        known.notices[message.id] = message.notice
        for row in rows:
            delivery = self.deliveries.get(row.id)
            if delivery is not None:
                self._put(replace(delivery, message=message))
                continue
            known.opened(replace(row, message_id=message.id))
            self.repointed[row.id] = message.id

    def _put(self, delivery: Delivery) -> None:
        self.deliveries[delivery.id] = delivery
        self.incident(delivery.message.incident_id).opened(_open_row(delivery))

    def channels_with_open_rows(self) -> set[Channel]:
        """Of new rows, and of those held while this batch decided: whoever claimed meanwhile passed
        them over and has to look again."""
        return {
            row.channel
            for known in self.incidents.values()
            for rows in known.open.values()
            for row in rows.values()
        }

    def new_rows(self) -> list[Delivery]:
        """Rows to write, those replaced within the batch as they ended."""
        return [self._as_it_ended(delivery) for delivery in self.deliveries.values()]

    def replaced_in_database(self) -> list[Superseded]:
        return [one for key, one in self.superseded.items() if key not in self.deliveries]

    def _as_it_ended(self, delivery: Delivery) -> Delivery:
        end = self.superseded.get(delivery.id)
        return replace(delivery, state=end.state, reason=end.reason) if end else delivery

    def by_message(self) -> dict[tuple[str, str, Kind], list[Delivery]]:
        """New rows by incident, event and kind: one ``notification.planned`` each."""
        groups: dict[tuple[str, str, Kind], list[Delivery]] = defaultdict(list)
        for delivery in self.deliveries.values():
            message = delivery.message
            groups[message.incident_id, message.cause_id, message.kind].append(delivery)
        return groups


def _told(delivery: Delivery) -> Told:
    target = delivery.target
    return Told(
        client_key=delivery.message.client_key,
        person=target.person,
        person_name=target.person_name,
        roles=target.roles,
        channel=target.channel,
        by_call=delivery.step is not None,
    )


def _open_row(delivery: Delivery) -> OpenRow:
    return OpenRow(
        id=delivery.id,
        message_id=delivery.message.id,
        cause_id=delivery.message.cause_id,
        client_key=delivery.message.client_key,
        kind=delivery.message.kind,
        person=delivery.target.person,
        channel=delivery.target.channel,
        destination=delivery.target.destination,
        approval_id=delivery.approval_id,
        siblings=delivery.stands_in.siblings if delivery.stands_in else (),
    )
