"""SQL of how providers do, of channels that a person holds, and of what waits on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Channel, Circuit
from tocsin_runtime.database import Connection

from dispatcher.channels.health import ProviderState

_NOTE = """
WITH old AS (SELECT state FROM providers WHERE channel = $1 AND provider = $2 FOR UPDATE)
INSERT INTO providers AS known (channel, provider, state, since, last_error, failed_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (channel, provider) DO UPDATE SET state = excluded.state, since = excluded.since,
    last_error = coalesce(excluded.last_error, known.last_error),
    failed_at = coalesce(excluded.failed_at, known.failed_at)
RETURNING (SELECT state FROM old) AS before
"""
# One that waits for a person's yes is late for other reasons.
_BACKLOG = """
SELECT channel, count(*) AS waiting, min(due_at) AS oldest FROM deliveries
WHERE state IN ('planned', 'waiting', 'pending') AND due_at <= $1 AND approval_id IS NULL
GROUP BY channel
"""


@dataclass(frozen=True)
class Pause:
    by: str
    reason: str | None
    since: datetime


@dataclass(frozen=True)
class Backlog:
    """Messages that are due and have not gone; ``oldest``: when the first was due."""

    waiting: int = 0
    oldest: datetime | None = None


async def note(conn: Connection, state: ProviderState) -> bool:
    """Whether that is another state than the one known; no word was a closed circuit."""
    before = await conn.fetchval(
        _NOTE,
        state.channel.value,
        state.provider,
        state.state.value,
        state.since,
        state.reason,
        state.failed_at,
    )
    return (before or Circuit.CLOSED) != state.state


async def states(conn: Connection) -> list[ProviderState]:
    rows = await conn.fetch("SELECT * FROM providers ORDER BY channel, provider")
    return [
        ProviderState(
            channel=Channel(row["channel"]),
            provider=row["provider"],
            state=Circuit(row["state"]),
            since=row["since"],
            reason=row["last_error"],
            failed_at=row["failed_at"],
        )
        for row in rows
    ]


async def pause(conn: Connection, channel: Channel, held: Pause) -> None:
    await conn.execute(
        """INSERT INTO channel_pauses (channel, paused_by, reason, since) VALUES ($1, $2, $3, $4)
           ON CONFLICT (channel) DO UPDATE SET paused_by = excluded.paused_by,
               reason = excluded.reason""",
        channel.value,
        held.by,
        held.reason,
        held.since,
    )


async def resume(conn: Connection, channel: Channel) -> bool:
    """Whether it was held."""
    gone = await conn.fetchval(
        "DELETE FROM channel_pauses WHERE channel = $1 RETURNING channel", channel.value
    )
    return gone is not None


async def pauses(conn: Connection) -> dict[Channel, Pause]:
    rows = await conn.fetch("SELECT * FROM channel_pauses")
    return {
        Channel(row["channel"]): Pause(row["paused_by"], row["reason"], row["since"])
        for row in rows
    }


async def backlogs(conn: Connection, now: datetime) -> Mapping[Channel, Backlog]:
    rows = await conn.fetch(_BACKLOG, now)
    return {Channel(row["channel"]): Backlog(row["waiting"], row["oldest"]) for row in rows}
