"""What follows from outcomes for other rows: those that stand in, and those a digest tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.events import Outcome
from tocsin_contracts.words import DeliveryState, Kind
from tocsin_runtime.database import Connection

from dispatcher.delivery import digest_store, store
from dispatcher.delivery.model import Result
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.gating.suppressing import expires
from dispatcher.planning.announce import Cause

UNDECIDED = frozenset({DeliveryState.PENDING, DeliveryState.WAITING})


async def follow(
    conn: Connection, results: Sequence[Result], now: datetime
) -> list[tuple[Cause, Outcome]]:
    """Act on what was just recorded; the outcomes of other rows that come of it.

    Asks the database nothing where no row has a fallback and none is a digest.
    """
    decided = [result for result in results if result.next.state not in UNDECIDED]
    digests = [result for result in decided if result.row.kind is Kind.DIGEST]
    fallbacks = [key for result in decided for key in result.row.fallbacks]
    told: list[tuple[Cause, Outcome]] = []
    if digests:
        fallbacks += await digest_store.fallbacks_of(conn, [one.row.id for one in digests])
        told = await _told(conn, digests)
    if fallbacks:
        await store.stand_in_now(conn, fallbacks, now)
    await _put_off(conn, [one for one in results if one.next.state is DeliveryState.WAITING])
    return told


async def suppress_refused(
    conn: Connection, results: Sequence[Result], suppressions: Suppressions, now: datetime
) -> None:
    """Note the destinations that a provider said are never to be written to again."""
    for one in results:
        cause = one.next.suppress
        if cause is not None:
            await suppressions.suppress(
                conn,
                one.row.channel,
                one.destination,
                cause,
                one.next.reason or cause.value,
                now,
                expires(cause, now),
            )


async def _put_off(conn: Connection, waiting: Sequence[Result]) -> None:
    pairs = [(key, one.next.due_at) for one in waiting for key in one.row.fallbacks]
    begins = [due for _, due in pairs if due is not None]
    if begins:
        await store.stand_in_later(conn, [key for key, _ in pairs], begins)


async def _told(conn: Connection, digests: Sequence[Result]) -> list[tuple[Cause, Outcome]]:
    arrived = {one.row.id: one.at for one in digests if one.next.state is DeliveryState.ACCEPTED}
    rows = await digest_store.told_by(conn, arrived) if arrived else []
    return [(Cause(row["incident_id"], row["cause_id"]), _outcome(row)) for row in rows]


def _outcome(row: Any) -> Outcome:
    return Outcome(
        delivery_id=row["id"],
        cause_id=row["cause_id"],
        kind=Kind(row["kind"]),
        client_key=row["client_key"],
        person=row["person"],
        channel=row["channel"],
        state=DeliveryState.ACCEPTED,
        reason=row["reason"],
        attempt=0,
        at=row["at"],
    )
