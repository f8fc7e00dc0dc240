"""A case's promises: looked at when a moment comes, and settled whenever a case is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tocsin_contracts.words import PromiseState
from tocsin_runtime.database import Connection

from escalation import metrics
from escalation.cases.case import Case
from escalation.promises import evidence, store
from escalation.promises.events import promise_events, threaded, worth_telling
from escalation.promises.nudging import nudge
from escalation.promises.rules import by_evidence, by_time
from escalation.promises.state import Change, Row


async def look(conn: Connection, case: Case) -> None:
    """Judge what is due by now, and remind of words that are not written."""
    if not any(pledge.live for pledge in case.pledges.values()):
        return
    rows = await _evidence(conn, case)
    case.promise(by_time(one, rows[one.client_key], case.now) for one in case.pledges.values())
    nudged = nudge(case.scene, list(case.pledges.values()))
    case.promise(nudged.pledges)
    case.tell(nudged.events)


async def settle(conn: Connection, case: Case) -> None:
    """Weigh what is proved by now, write the promises, and tell what came of them."""
    if any(pledge.live for pledge in case.pledges.values()):
        rows = await _evidence(conn, case)
        case.promise(by_evidence(one, rows[one.client_key]) for one in case.pledges.values())
    telling = threaded(worth_telling(case.promise_changes(), case.now))
    case.promise([change.after for change in telling])
    changes = case.promise_changes()
    await store.save(conn, case.incident.id, [change.after for change in changes])
    await _tell(conn, case, telling)
    _count(changes)
    await _forget(conn, case)


async def _evidence(conn: Connection, case: Case) -> Mapping[str, list[Row]]:
    """By client, what is known of the messages that may keep an open promise."""
    waiting = [pledge for pledge in case.pledges.values() if pledge.live]
    causes = {cause for pledge in waiting for cause in pledge.causes}
    clients = {pledge.client_key for pledge in waiting}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await evidence.load(conn, case.incident.id, causes, clients):
        found[row.client_key].append(row)
    return found


async def _tell(conn: Connection, case: Case, telling: Sequence[Change]) -> None:
    if not telling:
        return
    clients = {change.after.client_key for change in telling}
    counts = await store.counts(conn, case.incident.id, clients, case.now)
    case.tell(promise_events(case.scene, telling, counts))


async def _forget(conn: Connection, case: Case) -> None:
    over = not case.incident.snapshot.status.is_open
    if over and not any(pledge.live for pledge in case.pledges.values()):
        await evidence.forget(conn, case.incident.id)


def _count(changes: Sequence[Change]) -> None:
    for change in changes:
        after, before = change.after, change.before
        judged = after.state in (PromiseState.KEPT, PromiseState.BREACHED)
        if judged and not after.drill and (before is None or before.state is not after.state):
            metrics.PROMISES.labels(after.promise.value, after.state.value).inc()
