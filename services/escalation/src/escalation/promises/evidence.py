"""What dispatcher told of the messages to clients, one row a delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from asyncpg import Record
from tocsin_contracts.events import NotificationPlanned, OutcomesRecorded
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.database import Connection

from escalation.promises.state import TELLING, Row

REACHED = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED})

# A row accepted once stays so, whatever is heard of it later; the reason why it waited stays too.
_NOTE = """
INSERT INTO evidence AS old (delivery_id, incident_id, cause_id, client_key, kind, rules, person,
                             channel, state, reason, held, accepted_at)
SELECT id, incident_id, cause_id, client_key, kind,
       CASE WHEN rules = '' THEN '{}' ELSE string_to_array(rules, ',')::int[] END,
       person, channel, state, reason, held, accepted_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[])
     AS given(id, incident_id, cause_id, client_key, kind, rules, person, channel, state, reason,
              held, accepted_at)
ON CONFLICT (delivery_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
    held = coalesce(old.held, excluded.held),
    accepted_at = least(old.accepted_at, excluded.accepted_at)
"""


@dataclass(frozen=True)
class Noted:
    """A row of one incident as one event told it."""

    incident_id: str
    row: Row


def planned(data: NotificationPlanned) -> list[Noted]:
    """What was planned for clients. Staff are promised nothing, nor is every kind a word."""
    if data.kind not in TELLING:
        return []
    return [
        Noted(
            data.incident_id,
            Row(
                delivery_id=one.delivery_id,
                cause_id=data.cause_id,
                client_key=one.client_key,
                kind=data.kind,
                rules=one.rules,
                person=one.person_name,
                channel=one.channel,
                state=one.state,
                reason=one.reason,
                held=one.reason if one.state is DeliveryState.WAITING else None,
            ),
        )
        for one in data.deliveries
        if one.client_key is not None
    ]


def recorded(data: OutcomesRecorded) -> list[Noted]:
    """What became of rows. Their rules and names are known from when they were planned."""
    return [
        Noted(
            data.incident_id,
            Row(
                delivery_id=one.delivery_id,
                cause_id=one.cause_id,
                client_key=one.client_key,
                kind=one.kind,
                rules=(),
                person=one.person,
                channel=one.channel,
                state=one.state,
                reason=one.reason,
                held=one.reason if one.state is DeliveryState.WAITING else None,
                accepted_at=one.at if one.state in REACHED else None,
            ),
        )
        for one in data.outcomes
        if one.client_key is not None and one.kind in TELLING
    ]


async def note(conn: Connection, noted: Iterable[Noted]) -> None:
    """Write rows in the order they were told; of one delivery the last state is the one that
    holds."""
    for chunk in _each_once(noted):
        rows = [one.row for one in chunk]
        await conn.execute(
            _NOTE,
            [row.delivery_id for row in rows],
            [one.incident_id for one in chunk],
            [row.cause_id for row in rows],
            [row.client_key for row in rows],
            [row.kind.value for row in rows],
            [",".join(str(rule) for rule in row.rules) for row in rows],
            [row.person for row in rows],
            [row.channel.value for row in rows],
            [row.state.value for row in rows],
            [row.reason for row in rows],
            [row.held for row in rows],
            [row.accepted_at for row in rows],
        )


async def load(
    conn: Connection,
    incident_ids: Collection[str],
    cause_ids: Collection[str],
    client_keys: Collection[str],
) -> list[Noted]:
    """The rows of messages of these events, and holding notices, which stand in for others."""
    found = await conn.fetch(
        """SELECT * FROM evidence WHERE incident_id = ANY($1::text[]) AND client_key = ANY($3)
           AND (cause_id = ANY($2) OR kind = 'holding_notice') ORDER BY delivery_id""",
        list(incident_ids),
        list(cause_ids),
        list(client_keys),
    )
    return [Noted(row["incident_id"], _row(row)) for row in found]


async def forget(conn: Connection, incident_ids: Collection[str]) -> None:
    """Unless something is left to prove."""
    if incident_ids:
        await conn.execute(
            """DELETE FROM evidence e WHERE incident_id = ANY($1::text[]) AND NOT EXISTS
               (SELECT 1 FROM promises p WHERE p.incident_id = e.incident_id AND live)""",
            list(incident_ids),
        )


def _row(row: Record) -> Row:
    return Row(
        delivery_id=row["delivery_id"],
        cause_id=row["cause_id"],
        client_key=row["client_key"],
        kind=Kind(row["kind"]),
        rules=tuple(row["rules"]),
        person=row["person"],
        channel=Channel(row["channel"]),
        state=DeliveryState(row["state"]),
        reason=row["reason"],
        held=row["held"],
        accepted_at=row["accepted_at"],
    )


def _each_once(noted: Iterable[Noted]) -> list[Sequence[Noted]]:
    """Cut where a delivery comes again: one statement may change a row only once."""
    chunks: list[list[Noted]] = [[]]
    seen: set[str] = set()
    for one in noted:
        if one.row.delivery_id in seen:
            chunks.append([])
            seen.clear()
        seen.add(one.row.delivery_id)
        chunks[-1].append(one)
    return [chunk for chunk in chunks if chunk]
