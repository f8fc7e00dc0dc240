"""A call has ended: its message is heard, left, tried once more, or has failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from tocsin_contracts.words import DeliveryState
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox

from dispatcher.callbacks import voice_store
from dispatcher.callbacks.voice_outcomes import (
    CallAgain,
    Ended,
    Left,
    NotReached,
    Reached,
    conclusion,
)
from dispatcher.callbacks.voice_store import Call
from dispatcher.delivery.looking import look_at
from dispatcher.delivery.receipts import Receipt, Receipts
from dispatcher.planning.announce import Cause, outcome_of, outcomes_recorded

log = structlog.get_logger()


@dataclass(frozen=True)
class CallEnds:
    database: Database
    outbox: Outbox
    receipts: Receipts

    async def dealt_with(self, call: Call, ended: Ended, now: datetime) -> None:
        """Done once a call: what repeats it finds it ended. Where this fails half-way the provider
        says it again, or the next attempt finds the message as it was."""
        concluded = conclusion(ended)
        log.info("call ended", delivery=call.delivery_id, call=call.sid, became=concluded)
        if isinstance(concluded, CallAgain):
            due = now + concluded.after
            await self.receipts.retry(call.delivery_id, due, concluded.reason)
        async with self.database.transaction() as conn:
            await voice_store.ended(conn, call.sid, now)
            match concluded:
                case Left(reason=reason):
                    await self._left(conn, call.delivery_id, reason, now)
                case NotReached(reason=reason):
                    failed = Receipt(call.delivery_id, DeliveryState.FAILED, now, reason)
                    await self.receipts.record_in(conn, failed)
                case Reached() | CallAgain():
                    """Recorded when it was heard, or above."""

    async def _left(self, conn: Connection, delivery_id: str, reason: str, now: datetime) -> None:
        """It stays accepted: nobody knows whether a person hears it."""
        if not await voice_store.said_of(conn, delivery_id, reason):
            return
        found = await look_at(conn, delivery_id)
        if found is None:
            return
        row, _ = found
        told = outcome_of(row, DeliveryState.ACCEPTED, reason, at=now, attempt=row.attempt)
        cause = Cause(row.incident_id, row.cause_id, row.traceparent)
        await self.outbox.add(conn, outcomes_recorded(cause, [told], now))
