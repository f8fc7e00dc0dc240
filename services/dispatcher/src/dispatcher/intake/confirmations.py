"""Receipts that readers gave by a link or in the portal: whoever has read a message has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import DeliveryState
from tocsin_runtime.database import Connection, Database

from dispatcher.delivery.receipts import Receipt, Receipts


class Confirmations:
    def __init__(self, database: Database, receipts: Receipts) -> None:
        self._database = database
        self._receipts = receipts
        self._answered: Callable[[str], None] | None = None

    def on_answered(self, told: Callable[[str], None]) -> None:
        """Name whom to tell, after the commit, which delivery was confirmed."""
        self._answered = told

    async def handle(
        self, conn: Connection, events: Sequence[Event[EventData]], *, tells: bool
    ) -> None:
        """``tells`` false: only what is known changes."""
        for event in events:
            data = event.data
            if isinstance(data, e.IncidentReceiptConfirmed) and data.delivery_id is not None:
                await self._confirmed(conn, data, data.delivery_id, tells=tells)

    async def _confirmed(
        self,
        conn: Connection,
        data: e.IncidentReceiptConfirmed,
        delivery_id: str,
        *,
        tells: bool,
    ) -> None:
        await conn.execute(
            "UPDATE deliveries SET confirmed_at = coalesce(confirmed_at, $2) WHERE id = $1",
            delivery_id,
            data.confirmed_at,
        )
        if not tells:
            return
        state = DeliveryState.DELIVERED
        await self._receipts.record_in(conn, Receipt(delivery_id, state, data.confirmed_at))
        answered = self._answered
        if answered is not None:
            self._database.after_commit(conn, lambda: answered(delivery_id))
