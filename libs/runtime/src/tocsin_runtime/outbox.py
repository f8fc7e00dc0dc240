"""Events on their way out, written in the transaction that made them true."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import datetime

from tocsin_contracts import envelope
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.registry import EVENT_TOPICS

from tocsin_runtime.database import Connection, Database
from tocsin_runtime.ids import uuid7
from tocsin_runtime.tracing import current_traceparent

SHARDS = 16
BULK_SHARD = SHARDS
"""Where rows go whose ordering key is not their own subject's: one long line beside the others."""
ALL_SHARDS = frozenset({*range(SHARDS), BULK_SHARD})
TOPIC_OF_TYPE = {data.event_type: topic.name for topic in EVENT_TOPICS for data in topic.types}

_INSERT = """
INSERT INTO outbox (event_id, topic, message_key, ordering_key, shard, body, headers)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::bytea[],
                     $7::jsonb[])
"""


def new_event(
    data: EventData,
    *,
    source: str,
    subject: str,
    now: datetime,
    partition_key: str | None = None,
    sequence: int = 0,
    epoch: int = 1,
    caused_by: Event[EventData] | None = None,
) -> Event[EventData]:
    """Wrap ``data``; an event that another one caused keeps that one's correlation and trace."""
    return envelope.event_model(type(data)).model_construct(
        id=uuid7(),
        source=f"/tocsin/{source}",
        type=data.event_type,
        subject=subject,
        time=now,
        partitionkey=partition_key or subject,
        correlationid=caused_by.correlationid if caused_by else subject,
        causationid=caused_by.id if caused_by else None,
        traceparent=(caused_by and caused_by.traceparent) or current_traceparent(),
        sequence=sequence,
        epoch=epoch,
        data=data,
    )


def shard_of(ordering_key: str) -> int:
    return zlib.crc32(ordering_key.encode()) % SHARDS


class Outbox:
    """Writes outbox rows and wakes the relay once they are committed."""

    def __init__(
        self, database: Database, wake: Callable[[], None] | None = None, *, epoch: int = 1
    ) -> None:
        """``epoch`` is this database's, stamped on every event that names no later one."""
        self._database = database
        self._epoch = epoch
        self._wake = wake or _nobody

    async def add(
        self,
        conn: Connection,
        events: Sequence[Event[EventData]],
        *,
        topic: str | None = None,
        ordering_key: str | None = None,
    ) -> None:
        """Write ``events`` in ``conn``'s transaction; they are published after its commit.

        ``topic`` defaults to the registry's topic of each type, ``ordering_key`` (what is published
        strictly in order) to each event's partition key.
        """
        if not events:
            return
        events = [self._stamped(event) for event in events]
        ordering = [ordering_key or event.partitionkey for event in events]
        await conn.execute(
            _INSERT,
            [event.id for event in events],
            [topic or TOPIC_OF_TYPE[event.type] for event in events],
            [event.partitionkey for event in events],
            ordering,
            [BULK_SHARD if ordering_key else shard_of(key) for key in ordering],
            [envelope.encode(event) for event in events],
            [_headers(event) for event in events],
        )
        self._database.after_commit(conn, self._wake)

    def _stamped(self, event: Event[EventData]) -> Event[EventData]:
        if event.epoch >= self._epoch:
            return event
        return event.model_copy(update={"epoch": self._epoch})


def _headers(event: Event[EventData]) -> dict[str, str]:
    return {name: value.decode() for name, value in envelope.headers(event)}


def _nobody() -> None:
    """Without a relay in this process the rows wait for another's poll."""
