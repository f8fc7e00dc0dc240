"""What comes in is written down once, matched, and passed on: one transaction with its event."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel, DeliveryState
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox, new_event

from dispatcher import metrics
from dispatcher.channels.port import Destination
from dispatcher.delivery.receipts import Receipt, Receipts
from dispatcher.directory.addresses import label_of
from dispatcher.planning.announce import SOURCE
from dispatcher.planning.questions import answer_thread
from dispatcher.replies import store
from dispatcher.replies.heard import Heard, heard
from dispatcher.replies.inbound import Asked, Ignored, Inbound, Received
from dispatcher.replies.matching import Matched, match

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


class ReplyDesk:
    """Implements :class:`~dispatcher.replies.inbound.Replies`. ``receipts`` hears of what its
    reader has read."""

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        receipts: Receipts | None = None,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._receipts = receipts
        self._answered: Callable[[str], None] | None = None

    def on_answered(self, told: Callable[[str], None]) -> None:
        """Name whom to tell, after the commit, which delivery was confirmed or answered."""
        self._answered = told

    async def receive(self, inbound: Inbound) -> Received:
        """Once it returns, the answer is safe. Raises only where the database is away, so that the
        provider asks again."""
        async with self._database.transaction() as conn:
            became = await self._receive(conn, inbound)
            answered, read = self._answered, became.read
            if answered is not None and read is not None:
                self._database.after_commit(conn, lambda: answered(read))
        metrics.REPLIES.labels(inbound.channel.value, _word(became.received)).inc()
        return became.received

    async def _receive(self, conn: Connection, inbound: Inbound) -> Heard:
        label = label_of(Destination(inbound.channel, inbound.sender))
        reply_id, now = uuid7(), self._clock.now()
        if not await store.begin(conn, inbound, reply_id, label):
            return Heard(Ignored("it came in before"))
        matched = match(inbound, await store.find(conn, inbound, label, now))
        became = heard(inbound, matched, reply_id)
        await store.became(conn, reply_id, matched, _word(became.received))
        if became.read is not None:
            await store.confirmed(conn, became.read, inbound.at)
        await self._has_it(conn, became.read or became.arrived, inbound.at)
        if isinstance(became.received, Asked):
            await _remember_place(conn, inbound, matched, reply_id, label)
        if became.event is not None:
            await self._outbox.add(conn, [_event(became.event, matched, reply_id, now)])
        return became

    async def _has_it(self, conn: Connection, delivery_id: str | None, at: datetime) -> None:
        """Whoever answers a message has it."""
        if delivery_id is not None and self._receipts is not None:
            state = DeliveryState.DELIVERED
            await self._receipts.record_in(conn, Receipt(delivery_id, state, at))


async def _remember_place(
    conn: Connection, inbound: Inbound, matched: Matched, reply_id: str, label: str
) -> None:
    """By mail the message itself, in chat its thread; a text message stands in none."""
    by_mail = inbound.channel is Channel.EMAIL
    root = inbound.id if by_mail else inbound.thread
    if root is None or (by_mail and not _MESSAGE_ID.fullmatch(root)):
        return
    row = matched.row
    # In chat the sender is a person, and the address is the place where the message stood.
    destination = row.destination if row is not None and not by_mail else label
    await store.remember_thread(conn, answer_thread(reply_id, inbound.channel, destination), root)


def _event(data: EventData, matched: Matched, reply_id: str, now: datetime) -> Event[EventData]:
    incident_id = matched.row.incident_id if matched.row else None
    subject = getattr(data, "incident_id", None) or incident_id or f"reply-{reply_id}"
    return new_event(data, source=SOURCE, subject=subject, now=now)


def _word(received: Received) -> str:
    return type(received).__name__.lower()
