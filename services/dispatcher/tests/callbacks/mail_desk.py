"""Who hears of mail that came in, as far as its tests need them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from dispatcher.delivery.receipts import Receipt
from dispatcher.replies.inbound import Asked, Inbound, Received
from dispatcher.replies.mail_intake import MailIntake
from tocsin_runtime.database import Connection

from services.dispatcher.tests.replies.mails import OURS

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Desk:
    """Replies and receipts at once; ``away`` as long as its database is."""

    def __init__(self) -> None:
        self.answers: list[Inbound] = []
        self.receipts: list[Receipt] = []
        self.away = False
        self.heard = asyncio.Event()

    async def receive(self, inbound: Inbound) -> Received:
        self._be_there()
        self.answers.append(inbound)
        self.heard.set()
        return Asked(known=True)

    async def record(self, receipt: Receipt) -> None:
        self._be_there()
        self.receipts.append(receipt)
        self.heard.set()

    async def record_in(self, conn: Connection, receipt: Receipt) -> None:
        raise NotImplementedError

    async def retry(self, delivery_id: str, due: datetime, reason: str) -> None:
        raise NotImplementedError

    async def retry_in(
        self, conn: Connection, delivery_id: str, due: datetime, reason: str
    ) -> None:
        raise NotImplementedError

    def now(self) -> datetime:
        return NOW

    def _be_there(self) -> None:
        if self.away:
            raise ConnectionError("the database is away")


def intake_of(desk: Desk) -> MailIntake:
    return MailIntake(ours=OURS, replies=desk, receipts=desk, clock=desk)
