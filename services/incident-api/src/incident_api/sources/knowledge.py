"""What is known of a payload's alerts, as rules read it, held until the transaction ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin_runtime.database import Connection

from incident_api.alerts import store as alerts_store
from incident_api.alerts.board import Arrival, Board, KnownAlert, KnownIncident
from incident_api.alerts.store import Alert
from incident_api.incidents import store as incidents_store
from incident_api.incidents.family_store import NO_KIN, Kin, kin_of
from incident_api.incidents.model import Incident
from incident_api.sources.store import Found, holders_of, open_of_groups


class ChangedMeanwhile(Exception):
    """Another payload moved an alert to another incident; decide again from the beginning."""


@dataclass(frozen=True)
class Known:
    """``number`` is drawn for the incident to open, if one surely will be."""

    alerts: dict[str, Alert]
    incidents: dict[str, Incident]
    board: Board
    number: int | None


async def hold(
    conn: Connection,
    found: Found,
    arrivals: Sequence[Arrival],
    integration: str,
    roots: frozenset[str],
) -> Known:
    """Lock the incidents that were found and read again: the lock may have been waited for.

    ``roots`` are those of the incidents that the firing alerts may open.
    """
    unasked = roots - found.roots
    kin = {*found.kin, *(await holders_of(conn, unasked) if unasked else ())}
    if found.nothing and not kin:
        return Known({}, {}, Board(), found.number)
    ids = {alert.incident_id for alert in found.alerts.values()} | {*found.shared, *kin}
    incidents = await incidents_store.lock_many(conn, ids)
    keys = list({arrival.key for arrival in arrivals})
    groups = list({arrival.group for arrival in arrivals if arrival.group is not None})
    alerts = await alerts_store.find_current(conn, integration, keys)
    shared = await open_of_groups(conn, groups) if groups else []
    mine = {alert.incident_id for alert in alerts.values()}.union(shared)
    if not mine <= incidents.keys() or not _parents_of(mine, incidents) <= incidents.keys():
        raise ChangedMeanwhile
    resolves = any(arrival.status == "resolved" for arrival in arrivals)
    relations = await kin_of(conn, list(incidents)) if resolves else {}
    board = _board(alerts, incidents, set(groups), relations)
    return Known(alerts, incidents, board, found.number)


def _parents_of(ids: Iterable[str], incidents: Mapping[str, Incident]) -> set[str]:
    parents = (incidents[one].parent_id for one in ids)
    return {parent_id for parent_id in parents if parent_id is not None}


def _board(
    alerts: dict[str, Alert],
    incidents: dict[str, Incident],
    groups: set[str],
    relations: Mapping[str, Kin],
) -> Board:
    return Board(
        alerts={
            key: KnownAlert(alert.incident_id, alert.firing, alert.starts_at, alert.severity)
            for key, alert in alerts.items()
        },
        incidents={i.id: _known(i, relations.get(i.id, NO_KIN)) for i in incidents.values()},
        groups={
            incident.group_key: incident.id
            for incident in incidents.values()
            if incident.group_key in groups and incident.status.is_open
        },
    )


def _known(incident: Incident, kin: Kin) -> KnownIncident:
    return KnownIncident(
        id=incident.id,
        status=incident.status,
        severity=incident.severity,
        firing=incident.firing,
        resolved_at=incident.resolved_at,
        acknowledged=incident.acknowledged_at is not None,
        parent_id=incident.parent_id,
        open_children=kin.open_children,
        alerted=kin.alerted,
    )
