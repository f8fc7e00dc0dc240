"""Events that wait for something else to be reached, in order, without holding up the rest.

``queue`` names what is waited for, ``lane`` what must stay in order, ``until`` the number that has
to be reached.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tocsin_contracts import envelope
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import KNOWN_TYPES

from tocsin_runtime.database import Connection


async def park(
    conn: Connection,
    *,
    queue: str,
    lane: str,
    until: int,
    event: Event[EventData],
    now: datetime,
) -> None:
    await conn.execute(
        """INSERT INTO parked (queue, lane, subject, until, body, parked_at)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        queue,
        lane,
        event.subject,
        until,
        envelope.encode(event),
        now,
    )


async def parked_lanes(conn: Connection, *, queue: str, subject: str) -> set[str]:
    """Lanes of ``subject`` in which something waits; what comes later in them must wait behind."""
    return (await parked_lanes_of(conn, queue=queue, subjects={subject})).get(subject, set())


async def parked_lanes_of(
    conn: Connection, *, queue: str, subjects: Collection[str]
) -> dict[str, set[str]]:
    """The same for several subjects in one statement; those without a lane are left out."""
    rows = await conn.fetch(
        "SELECT DISTINCT subject, lane FROM parked WHERE queue = $1 AND subject = ANY($2)",
        queue,
        list(subjects),
    )
    lanes: dict[str, set[str]] = {}
    for row in rows:
        lanes.setdefault(row["subject"], set()).add(row["lane"])
    return lanes


async def ready_subjects(conn: Connection, *, queue: str, reached: int) -> list[str]:
    """Subjects of which something need not wait any longer, the one that waits longest first."""
    rows = await conn.fetch(
        """SELECT subject FROM parked WHERE queue = $1 AND until <= $2
           GROUP BY subject ORDER BY min(id)""",
        queue,
        reached,
    )
    return [row["subject"] for row in rows]


async def release(
    conn: Connection,
    *,
    queue: str,
    reached: int | None = None,
    lane: str | None = None,
    subject: str | None = None,
) -> list[tuple[str, Event[EventData]]]:
    """Take out, in order, what need not wait any longer: ``(lane, event)``.

    With ``reached`` only lanes in which nothing waits for more than that; without it (an operator's
    word) everything that ``lane`` and ``subject`` leave.
    """
    rows = await conn.fetch(
        """DELETE FROM parked p
           WHERE queue = $1 AND ($2::text IS NULL OR lane = $2)
             AND ($3::text IS NULL OR subject = $3)
             AND ($4::bigint IS NULL OR until <= $4)
             AND ($4::bigint IS NULL OR NOT EXISTS (
                 SELECT 1 FROM parked o WHERE o.queue = p.queue AND o.lane = p.lane
                 AND o.subject = p.subject AND o.id < p.id AND o.until > $4))
           RETURNING id, lane, body""",
        queue,
        lane,
        subject,
        reached,
    )
    ordered = sorted(rows, key=lambda row: row["id"])
    return [(row["lane"], envelope.decode(row["body"], KNOWN_TYPES)) for row in ordered]
