"""Records what providers say of a message after they took it, with what follows for other rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import DeliveryState, SuppressionCause
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox

from dispatcher import metrics
from dispatcher.delivery import receipt_store, store
from dispatcher.delivery.asking_people import Told, out_of_reach
from dispatcher.delivery.listener import notify
from dispatcher.delivery.receipt_rules import better, ending, moves
from dispatcher.delivery.receipt_store import Standing
from dispatcher.delivery.receipts import Receipt
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.gating.suppressing import expires
from dispatcher.planning.announce import Cause, outcome_of, outcomes_recorded


@dataclass(frozen=True)
class Heard:
    """A receipt, or the wish for another try at ``due``, as it is kept with the row meanwhile."""

    state: DeliveryState
    at: datetime
    reason: str | None = None
    suppress: SuppressionCause | None = None
    due: datetime | None = None


class ReceiptBook:
    """Implements :class:`dispatcher.delivery.receipts.Receipts`.

    A callback may reach a process that sends nothing: without a ``wake`` of its own the senders
    are woken through the database.
    """

    def __init__(
        self, database: Database, outbox: Outbox, clock: Clock, suppressions: Suppressions
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._suppressions = suppressions
        self._wake: Callable[[], None] | None = None

    def on_changed(self, wake: Callable[[], None]) -> None:
        """Name whom to wake after a commit that left something to send."""
        self._wake = wake

    async def record(self, receipt: Receipt) -> None:
        async with self._database.transaction() as conn:
            await self.record_in(conn, receipt)

    async def record_in(self, conn: Connection, receipt: Receipt) -> None:
        heard = Heard(receipt.state, receipt.at, receipt.reason, receipt.suppress)
        await self._hear(conn, receipt.delivery_id, heard)

    async def retry(self, delivery_id: str, due: datetime, reason: str) -> None:
        async with self._database.transaction() as conn:
            await self.retry_in(conn, delivery_id, due, reason)

    async def retry_in(
        self, conn: Connection, delivery_id: str, due: datetime, reason: str
    ) -> None:
        heard = Heard(DeliveryState.PENDING, self._clock.now(), reason, due=due)
        await self._hear(conn, delivery_id, heard)

    async def catch_up(self, conn: Connection, ids: Collection[str]) -> None:
        """What was heard of these rows before our own record of the answer was written."""
        for delivery_id in ids:
            rows = await receipt_store.lock(conn, delivery_id)
            if rows and rows[0].heard is not None:
                # Whatever comes of it: it is said of this attempt and of no later one.
                await receipt_store.hear(conn, delivery_id, None)
                await self._caught_up(conn, rows, _from_json(rows[0].heard))

    async def _caught_up(self, conn: Connection, rows: Sequence[Standing], heard: Heard) -> None:
        """``planned``: what this row stands in for has failed while it was looked at."""
        if heard.state is not DeliveryState.PLANNED:
            await self._apply(conn, rows, heard)
            return
        await receipt_store.stand_in_after_all(conn, [rows[0].id], self._clock.now())
        await self._wake_senders(conn)

    async def _hear(self, conn: Connection, delivery_id: str, heard: Heard) -> None:
        rows = await receipt_store.lock(conn, delivery_id)
        if not rows:
            return
        if rows[0].state is not DeliveryState.SENDING:
            await self._apply(conn, rows, heard)
            return
        before = _from_json(rows[0].heard).state if rows[0].heard is not None else None
        if better(before, heard.state):
            await receipt_store.hear(conn, delivery_id, _to_json(heard))

    async def _apply(self, conn: Connection, rows: Sequence[Standing], heard: Heard) -> None:
        row, now = rows[0], self._clock.now()
        tried, doubtful = row.attempts > 0, row.doubts > 0
        if heard.suppress is not None:
            await self._suppress(conn, row, heard, heard.suppress, now)
        if not moves(row.state, heard.state, tried=tried, doubtful=doubtful):
            return
        heard = await _ending(conn, row, heard)
        settled = rows
        if heard.state is DeliveryState.PENDING:
            settled = rows[:1]
            await receipt_store.untold(conn, rows[1:])
        await receipt_store.settle(conn, settled, heard.state, heard.reason, heard.at, heard.due)
        if heard.state is not DeliveryState.DELIVERED:
            await self._let_stand_in(conn, rows, heard.state, now)
        await self._outbox.add(conn, _outcomes(settled, heard, now))
        if heard.state is DeliveryState.FAILED:
            told = [
                Told(one.incident_id, one.client_key, one.person, one.cause_id)
                for one in rows
                if one.client_key is not None
            ]
            await self._outbox.add(conn, await out_of_reach(conn, told, now))
        metrics.RECEIPTS.labels(row.channel.value, heard.state.value).inc()

    async def _let_stand_in(
        self, conn: Connection, rows: Sequence[Standing], state: DeliveryState, now: datetime
    ) -> None:
        fallbacks = [key for one in rows for key in one.fallbacks]
        # In this order: the first waits for whoever writes them, the second sees it.
        again = Heard(DeliveryState.PLANNED, now)
        await receipt_store.look_again(conn, fallbacks, _to_json(again))
        await receipt_store.stand_in_after_all(conn, fallbacks, now)
        if state is not DeliveryState.PENDING:
            await store.stand_in_now(conn, fallbacks, now)
        await self._wake_senders(conn)

    async def _wake_senders(self, conn: Connection) -> None:
        if self._wake is None:
            await notify(conn)
        else:
            self._database.after_commit(conn, self._wake)

    async def _suppress(
        self,
        conn: Connection,
        row: Standing,
        heard: Heard,
        cause: SuppressionCause,
        now: datetime,
    ) -> None:
        await self._suppressions.suppress(
            conn,
            row.channel,
            row.destination,
            cause,
            heard.reason or cause.value.replace("_", " "),
            now,
            expires(cause, now),
        )


async def _ending(conn: Connection, row: Standing, heard: Heard) -> Heard:
    again = heard.state is DeliveryState.PENDING
    overtaken = again and await receipt_store.overtaken(conn, row.id)
    state, reason = ending(heard.state, heard.reason, restored=row.restored, overtaken=overtaken)
    return replace(
        heard, state=state, reason=reason, due=heard.due if state is heard.state else None
    )


def _outcomes(rows: Sequence[Standing], heard: Heard, now: datetime) -> list[Event[EventData]]:
    return [
        event
        for row in rows
        for event in outcomes_recorded(
            Cause(row.incident_id, row.cause_id, row.traceparent),
            [outcome_of(row, heard.state, heard.reason, at=heard.at, attempt=row.attempts)],
            now,
        )
    ]


def _to_json(heard: Heard) -> dict[str, Any]:
    return {
        "state": heard.state.value,
        "at": heard.at.isoformat(),
        "reason": heard.reason,
        "suppress": heard.suppress.value if heard.suppress else None,
        "due": heard.due.isoformat() if heard.due else None,
    }


def _from_json(heard: dict[str, Any]) -> Heard:
    return Heard(
        state=DeliveryState(heard["state"]),
        at=datetime.fromisoformat(heard["at"]),
        reason=heard["reason"],
        suppress=SuppressionCause(heard["suppress"]) if heard["suppress"] else None,
        due=datetime.fromisoformat(heard["due"]) if heard["due"] else None,
    )
