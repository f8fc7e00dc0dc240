"""A tool's payload becomes alerts and incidents, whole or not at all, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox

from incident_api.alerts import store as alerts_store
from incident_api.alerts.board import Arrival, Board, Decided, KnownAlert, KnownIncident, Outcome
from incident_api.alerts.rules import decide_all
from incident_api.alerts.store import Alert
from incident_api.directory.store import read_view
from incident_api.incidents import store as incidents_store
from incident_api.incidents.model import Incident
from incident_api.incidents.opening import open_incident
from incident_api.incidents.recording import Recording
from incident_api.incidents.writing import write
from incident_api.sources import consequences
from incident_api.sources.mapping import Mapped, mapped
from incident_api.sources.model import IncomingAlert, Parsed, Unusable
from incident_api.sources.store import find_known


@dataclass(frozen=True)
class Result:
    """The answer for one alert; ``incident_id`` is ``None`` where it belongs to none."""

    dedup_key: str | None
    outcome: Outcome
    incident_id: str | None
    routed: bool
    detail: str


@dataclass(frozen=True)
class Known:
    """What the database knows of a payload's alerts, held until the transaction ends.

    ``number`` is drawn for the incident to open, if one surely will be.
    """

    alerts: dict[str, Alert]
    incidents: dict[str, Incident]
    board: Board
    number: int | None


async def ingest(
    conn: Connection,
    parsed: Parsed,
    *,
    integration: str,
    actor: str,
    outbox: Outbox,
    now: datetime,
) -> list[Result]:
    """One result for each alert of ``parsed``, in its order."""
    usable = [alert for alert in parsed if isinstance(alert, IncomingAlert)]
    taken = await _take(conn, usable, integration, actor, outbox, now) if usable else []
    results = iter(taken)
    return [
        Result(alert.key, Outcome.REJECTED, None, False, alert.detail)
        if isinstance(alert, Unusable)
        else next(results)
        for alert in parsed
    ]


async def _take(
    conn: Connection,
    alerts: Sequence[IncomingAlert],
    integration: str,
    actor: str,
    outbox: Outbox,
    now: datetime,
) -> list[Result]:
    view = await read_view(conn)
    incoming = [mapped(alert, view) for alert in alerts]
    arrivals = [one.arrival(integration) for one in incoming]
    known = await _known(conn, arrivals, integration)
    decided = decide_all(arrivals, known.board, now, uuid7)
    recordings = await _changed(conn, known, decided, actor, now)
    drafts = consequences.drafts(incoming, decided, known.board, integration)
    refs = await incidents_store.draw_refs(conn, len(drafts), drawn=known.number)
    for (incident_id, draft), ref in zip(drafts.items(), refs, strict=False):
        recordings[incident_id] = open_incident(
            draft, view, incident_id=incident_id, ref=ref, actor=actor, now=now
        )
    consequences.follow(recordings, incoming, decided, known.board, view, integration)
    rows = consequences.alert_rows(incoming, decided, known.board, known.alerts, integration, now)
    await write(
        conn,
        outbox,
        list(recordings.values()),
        alerts=rows,
        retired=consequences.retired(rows, known.alerts),
    )
    return [
        _result(one, decision, recordings, known)
        for one, decision in zip(incoming, decided, strict=True)
    ]


async def _known(conn: Connection, arrivals: Sequence[Arrival], integration: str) -> Known:
    keys = {arrival.key for arrival in arrivals}
    groups = {arrival.group for arrival in arrivals if arrival.group is not None}
    await alerts_store.lock_keys(conn, integration, keys | groups)
    fires = any(arrival.status == "firing" for arrival in arrivals)
    found = await find_known(conn, integration, list(keys), list(groups), fires=fires)
    ids = {alert.incident_id for alert in found.alerts.values()} | set(found.shared)
    incidents = await incidents_store.lock_many(conn, ids) if ids else {}
    return Known(found.alerts, incidents, _board(found.alerts, incidents), found.number)


def _board(alerts: dict[str, Alert], incidents: dict[str, Incident]) -> Board:
    board = Board(
        alerts={
            key: KnownAlert(alert.incident_id, alert.firing, alert.starts_at, alert.severity)
            for key, alert in alerts.items()
        },
        incidents={
            incident.id: KnownIncident(
                id=incident.id,
                status=incident.status,
                severity=incident.severity,
                firing=incident.firing,
                resolved_at=incident.resolved_at,
                acknowledged=incident.acknowledged_at is not None,
            )
            for incident in incidents.values()
        },
    )
    open_ones = [i for i in incidents.values() if i.group_key and i.status.is_open]
    # The worst is written last and stays.
    for incident in sorted(open_ones, key=lambda i: -i.severity.rank):
        board.groups[str(incident.group_key)] = incident.id
    return board


async def _changed(
    conn: Connection, known: Known, decided: Sequence[Decided], actor: str, now: datetime
) -> dict[str, Recording]:
    """A recording for each known incident that something happens to, in the payload's order."""
    ids = [i for i in known.incidents if i in consequences.touched(decided)]
    if not ids:
        return {}
    audiences = await incidents_store.read_audiences(conn, ids)
    return {i: Recording(known.incidents[i], audiences[i], actor=actor, now=now) for i in ids}


def _result(
    one: Mapped, decision: Decided, recordings: dict[str, Recording], known: Known
) -> Result:
    incident = _incident(decision.incident_id, recordings, known)
    return Result(
        dedup_key=one.alert.key,
        outcome=decision.outcome,
        incident_id=decision.incident_id,
        routed=incident.routed if incident else False,
        detail=decision.reason + one.unknown_sentence(),
    )


def _incident(
    incident_id: str | None, recordings: dict[str, Recording], known: Known
) -> Incident | None:
    if incident_id in recordings:
        return recordings[incident_id].incident
    return known.incidents.get(incident_id or "")
