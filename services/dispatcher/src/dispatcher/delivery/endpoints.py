"""What attempts at webhooks say of their endpoints, in the transaction that records them.

One that has failed for days is disabled: a suppression like any other, which people see and lift.
Whatever arrives ends that, and what waits there goes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from tocsin_contracts.words import Channel, DeliveryState, Kind, SuppressionCause
from tocsin_runtime import timers
from tocsin_runtime.database import Connection

from dispatcher.delivery import endpoint_store as store
from dispatcher.delivery.endpoint_rules import Failing, Trouble, failed_again
from dispatcher.delivery.model import Result
from dispatcher.delivery.suppressing import Suppressions

TROUBLE = "endpoint"
"""The timer that has the owner told; what it says is in its payload."""
GONE = "gone"
BY_A_TEST = "a test that arrived"


async def follow_endpoints(
    conn: Connection, results: Sequence[Result], suppressions: Suppressions, now: datetime
) -> None:
    """Asks the database nothing where no webhook was tried."""
    tried = [one for one in results if one.row.channel is Channel.WEBHOOK and one.tried]
    by_endpoint = sorted(tried, key=lambda one: (one.destination, one.at))
    for destination, group in groupby(by_endpoint, key=lambda one: one.destination):
        attempts = list(group)
        arrived = [one for one in attempts if one.next.state is DeliveryState.ACCEPTED]
        if arrived:
            await _arrived(conn, destination, arrived, suppressions, now)
        else:
            await _failed(conn, destination, attempts, suppressions, now)


async def _arrived(
    conn: Connection,
    destination: str,
    arrived: Sequence[Result],
    suppressions: Suppressions,
    now: datetime,
) -> None:
    again = await store.recovered(conn, [destination])
    if any(one.row.kind is Kind.TEST for one in arrived):
        cause = SuppressionCause.FAILING
        again += [destination] * await suppressions.lift_at(
            conn, Channel.WEBHOOK, destination, cause, now, BY_A_TEST
        )
    if again:
        await store.hasten(conn, again, now)


async def _failed(
    conn: Connection,
    destination: str,
    attempts: Sequence[Result],
    suppressions: Suppressions,
    now: datetime,
) -> None:
    """Once it is switched off nothing is remembered: whoever switches it on begins afresh."""
    known = await store.failing(conn, destination)
    for one in attempts:
        known, trouble = failed_again(known, one.at)
        gone = one.next.suppress is SuppressionCause.FAILING
        if gone or trouble is not None:
            await _tell(conn, one, GONE if gone else str(trouble), known, now)
        if trouble is Trouble.DISABLE and not gone:
            detail = f"nothing has arrived at this endpoint since {known.since:%Y-%m-%d %H:%M} UTC"
            await suppressions.suppress(
                conn, Channel.WEBHOOK, destination, SuppressionCause.FAILING, detail, now
            )
        if gone or trouble is Trouble.DISABLE:
            await store.recovered(conn, [destination])
            return
    if known is not None:
        await store.save(conn, destination, known)


async def _tell(conn: Connection, one: Result, stage: str, known: Failing, now: datetime) -> None:
    """The consuming side knows whom; a timer due now is how it hears, once, whatever restarts."""
    payload = {
        "stage": stage,
        "client_key": one.row.client_key,
        "person": one.row.person,
        "since": known.since.isoformat(),
        "ends": known.ends.isoformat(),
    }
    timer = timers.Timer(TROUBLE, f"{one.destination}/{stage}", one.row.incident_id, now, payload)
    await timers.arm(conn, [timer])
