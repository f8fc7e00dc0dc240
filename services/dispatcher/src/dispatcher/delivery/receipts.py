"""What a provider says of a message after it took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin_contracts.words import DeliveryState, SuppressionCause
from tocsin_runtime.database import Connection


@dataclass(frozen=True)
class Receipt:
    """``state`` is ``delivered`` or ``failed``: anything in between tells nobody anything.

    Receipts come late, twice and in any order (twilio.com, "Outbound message status in status
    callbacks"). ``suppress``: nothing may be sent to that destination any more.
    """

    delivery_id: str
    state: DeliveryState
    at: datetime
    reason: str | None = None
    suppress: SuppressionCause | None = None


class Receipts(Protocol):
    """Records what providers say; one that speaks of no delivery of ours changes nothing."""

    async def record(self, receipt: Receipt) -> None: ...

    async def record_in(self, conn: Connection, receipt: Receipt) -> None:
        """The same in a transaction of the caller's."""

    async def retry(self, delivery_id: str, due: datetime, reason: str) -> None:
        """What was accepted reached nobody and is sent again at ``due``: a call that nobody
        answered."""

    async def retry_in(
        self, conn: Connection, delivery_id: str, due: datetime, reason: str
    ) -> None:
        """The same in a transaction of the caller's."""
