"""Destinations that must not be written to: noted and told, lifted and told."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts.events import SuppressionChanged
from tocsin_contracts.words import Channel, SuppressionCause
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox, new_event

from dispatcher import metrics
from dispatcher.delivery import suppression_store
from dispatcher.gating.suppressing import without_addresses
from dispatcher.planning.announce import SOURCE


class Suppressions:
    """``destination`` is the digest of the address (``directory.addresses.label_of``).

    Each call tells of what it changed in the transaction of ``conn``, and of nothing else.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def suppress(
        self,
        conn: Connection,
        channel: Channel,
        destination: str,
        cause: SuppressionCause,
        detail: str,
        now: datetime,
        expires: datetime | None = None,
    ) -> bool:
        """Whether that is new; ``expires`` ``None``: until somebody lifts it.

        ``detail`` is what was heard; an address in it is left out.
        """
        changed = await suppression_store.suppress(
            conn,
            uuid7(),
            channel,
            destination,
            cause,
            without_addresses(detail),
            now,
            expires,
        )
        return await self._tell(conn, changed, now)

    async def lift(self, conn: Connection, suppression_id: str, now: datetime, by: str) -> bool:
        """Whether there was something to lift."""
        changed = await suppression_store.lift(conn, suppression_id, now, by)
        return await self._tell(conn, changed, now)

    async def lift_at(
        self,
        conn: Connection,
        channel: Channel,
        destination: str,
        cause: SuppressionCause,
        now: datetime,
        by: str,
    ) -> bool:
        """The same by destination, for one cause alone: START takes back STOP, no bounce."""
        changed = await suppression_store.lift_at(conn, channel, destination, cause, now, by)
        return await self._tell(conn, changed, now)

    async def _tell(
        self, conn: Connection, changed: SuppressionChanged | None, now: datetime
    ) -> bool:
        if changed is None:
            return False
        event = new_event(changed, source=SOURCE, subject=changed.suppression_id, now=now)
        await self._outbox.add(conn, [event])
        if changed.lifted_at is None:
            metrics.SUPPRESSED.labels(changed.channel.value, changed.cause.value).inc()
        return True
