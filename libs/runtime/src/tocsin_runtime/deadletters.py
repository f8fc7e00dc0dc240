"""Records that cannot be handled are kept as they came, with where from and why.

They leave through the outbox, in the transaction that skips them, so none is lost while the broker
is away.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import shard_of


@dataclass(frozen=True)
class Record:
    """One Kafka record as it was received."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class DeadLetter:
    """A record put aside: ``consumer`` could not handle it, for ``reason``."""

    consumer: str
    record: Record
    reason: str


async def put_aside(conn: Connection, topic: str, letter: DeadLetter) -> None:
    """Write ``letter`` to the outbox for the dead-letter ``topic``."""
    record = letter.record
    headers = {
        "dl_consumer": letter.consumer,
        "dl_topic": record.topic,
        "dl_partition": str(record.partition),
        "dl_offset": str(record.offset),
        "dl_reason": letter.reason[:500],
    }
    key = (record.key or b"").decode("utf-8", "replace")
    await conn.execute(
        """INSERT INTO outbox (event_id, topic, message_key, ordering_key, shard, body, headers)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        uuid7(),
        topic,
        key,
        f"deadletters:{key}",
        shard_of(f"deadletters:{key}"),
        record.value or b"",
        headers,
    )


class RateLimit:
    """Counts dead letters; past the limit something is wrong with us, not with a record."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._times: deque[datetime] = deque()

    def exceeded(self, now: datetime) -> bool:
        """Count one at ``now``; whether the last minute holds more than allowed."""
        self._times.append(now)
        while self._times[0] <= now - timedelta(minutes=1):
            self._times.popleft()
        return len(self._times) > self._per_minute
