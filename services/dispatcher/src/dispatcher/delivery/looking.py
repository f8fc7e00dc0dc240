"""One message as it was planned, looked at again: what its call says, what its edit shows."""

from __future__ import annotations

from tocsin_runtime.database import Connection

from dispatcher.delivery import store
from dispatcher.delivery.claims import LOOK, claimed
from dispatcher.delivery.model import Claimed
from dispatcher.rendering.notice import Notice


async def look_at(conn: Connection, delivery_id: str) -> tuple[Claimed, Notice] | None:
    """The row, whatever became of it, and what it tells. ``None``: there is none such, or not any
    more."""
    row = await conn.fetchrow(LOOK, delivery_id)
    if row is None:
        return None
    found = claimed(row)
    notices = await store.notices(conn, [found.message_id])
    notice = notices.get(found.message_id)
    return (found, notice) if notice else None
