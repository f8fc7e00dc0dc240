"""SQL of what comes in from Slack: which message it belongs to, what a conversation was told."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts.words import OPEN_STATUSES, Kind
from tocsin_runtime.database import Connection

from dispatcher.delivery import store
from dispatcher.delivery.shown import NO_STATE
from dispatcher.rendering.reading import language_for

MOST_OUTAGES = 10
NO_OUTAGE = NO_STATE | {Kind.STAFF_NOTE, Kind.QUESTION_RECEIVED}
"""What staff are told beside it, of a person or a question, is not the outage."""


@dataclass(frozen=True)
class Asking:
    """A message of ours that something answers; ``locale`` is the language it was written in."""

    delivery_id: str
    locale: str | None


async def asking(conn: Connection, delivery_id: str, message: str) -> Asking | None:
    """The delivery that a button names, if it stands in that message (``channel/ts``), in the
    thread that the message begins, or was sent a moment ago and has no name yet."""
    row = await conn.fetchrow(
        """SELECT id, message_id, reader->>'locale' AS locale FROM deliveries d
           WHERE id = $1 AND channel = 'slack'
             AND (provider_id = $2 OR provider_id IS NULL
                  OR EXISTS (SELECT 1 FROM threads t
                             WHERE t.thread = d.thread AND t.root_id = $2))""",
        delivery_id,
        message,
    )
    return await _asking(conn, *row) if row else None


async def _asking(conn: Connection, delivery_id: str, message_id: str, own: str | None) -> Asking:
    notice = (await store.notices(conn, [message_id])).get(message_id)
    return Asking(delivery_id, language_for(notice, own).tag if notice else own)


async def is_ours(conn: Connection, thread: str) -> bool:
    """Whether a message of ours begins that thread; what people say in theirs is not for us."""
    return bool(
        await conn.fetchval(
            """SELECT EXISTS (SELECT 1 FROM threads WHERE root_id = $1)
                   OR EXISTS (SELECT 1 FROM deliveries
                              WHERE channel = 'slack' AND provider_id = $1)""",
            thread,
        )
    )


async def last_told(conn: Connection, channel: str) -> Asking | None:
    """What that conversation was told last."""
    row = await conn.fetchrow(
        """SELECT id, message_id, reader->>'locale' AS locale FROM deliveries
           WHERE channel = 'slack' AND provider_id IS NOT NULL
             AND split_part(provider_id, '/', 1) = $1
           ORDER BY position DESC LIMIT 1""",
        channel,
    )
    return await _asking(conn, *row) if row else None


async def open_outages(conn: Connection, channel: str) -> list[str]:
    """The newest message that a conversation got of each open outage: by itself or in a digest."""
    rows = await conn.fetch(
        """WITH there AS (
               SELECT id FROM deliveries
               WHERE channel = 'slack' AND provider_id IS NOT NULL
                 AND split_part(provider_id, '/', 1) = $1
                 AND state IN ('accepted', 'delivered')
           ), told AS (
               SELECT d.* FROM deliveries d WHERE d.id IN (SELECT id FROM there)
               UNION ALL
               SELECT d.* FROM deliveries d WHERE d.folded_into IN (SELECT id FROM there)
           ), newest AS (
               SELECT DISTINCT ON (t.incident_id) t.id, t.position FROM told t
               JOIN incidents i ON i.id = t.incident_id
               WHERE i.snapshot->>'status' = ANY($2) AND t.kind <> ALL($3)
               ORDER BY t.incident_id, t.position DESC
           )
           SELECT id FROM newest ORDER BY position DESC LIMIT $4""",
        channel,
        [status.value for status in OPEN_STATUSES],
        [kind.value for kind in NO_OUTAGE],
        MOST_OUTAGES,
    )
    return [row["id"] for row in rows]
