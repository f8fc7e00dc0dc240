"""What the decisions about a payload's alerts do to incidents and alert rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tocsin_contracts.events import Before, IncidentChanged
from tocsin_runtime.ids import uuid7

from incident_api.alerts.board import Board, Decided, Outcome
from incident_api.alerts.store import Alert
from incident_api.directory.view import DirectoryView
from incident_api.incidents import lifecycle, linking
from incident_api.incidents.model import Incident
from incident_api.incidents.opening import Draft
from incident_api.incidents.recording import Recording
from incident_api.sources.mapping import Mapped

SILENT = frozenset({Outcome.DEDUPLICATED, Outcome.IGNORED, Outcome.REJECTED})


def drafts(
    incoming: Sequence[Mapped], decided: Sequence[Decided], board: Board, integration: str
) -> dict[str, Draft]:
    """One draft for each incident that this payload opens, by the id it shall have."""
    found: dict[str, Draft] = {}
    for one, decision in zip(incoming, decided, strict=True):
        if decision.outcome is Outcome.OPENED and decision.incident_id is not None:
            firing = board.incidents[decision.incident_id].firing
            draft = one.draft(integration, decision.previous_incident_id, firing)
            started = _earliest_start(decision.incident_id, incoming, decided)
            found[decision.incident_id] = replace(draft, started_at=started)
    return found


def _earliest_start(
    incident_id: str, incoming: Sequence[Mapped], decided: Sequence[Decided]
) -> datetime | None:
    starts = [
        one.alert.started_at
        for one, decision in zip(incoming, decided, strict=True)
        if decision.incident_id == incident_id and one.alert.started_at is not None
    ]
    return min(starts, default=None)


def touched(decided: Iterable[Decided]) -> set[str]:
    """The incidents that something happened to."""
    return {d.incident_id for d in decided if d.incident_id and d.outcome not in SILENT}


def changed(
    incidents: Mapping[str, Incident], board: Board, decided: Iterable[Decided]
) -> set[str]:
    """Known incidents that something happened to, be it through another that is part of them."""
    moved = {i for i, one in incidents.items() if one.status.is_open != board.incidents[i].is_open}
    return moved | (touched(decided) & incidents.keys())


def follow(
    recordings: Mapping[str, Recording],
    incoming: Sequence[Mapped],
    decided: Sequence[Decided],
    board: Board,
    view: DirectoryView,
    integration: str,
) -> None:
    """Bring each incident to where the board has it; only status and alerts are ever written."""
    words: dict[str, list[str]] = defaultdict(list)
    for one, decision in zip(incoming, decided, strict=True):
        opened_here = decision.outcome is Outcome.OPENED
        if decision.incident_id and decision.outcome not in SILENT and not opened_here:
            words[decision.incident_id].append(f"{one.alert.title}: {decision.reason}")
    # What speaks for others first: whether it does decides what they say themselves.
    parents_first = sorted(recordings.values(), key=lambda r: r.incident.parent_id is not None)
    for recording in parents_first:
        _follow_one(recording, board, view, words[recording.incident.id], integration)


def _follow_one(
    recording: Recording, board: Board, view: DirectoryView, words: list[str], integration: str
) -> None:
    there = board.incidents[recording.incident.id]
    told_before = len(recording.lines)
    if recording.incident.firing != there.firing:
        recording.change(firing=there.firing)
    if there.is_open and not recording.incident.status.is_open:
        lifecycle.reopen(recording, view, message=None, by_alert=True)
        linking.part_from_what_is_over(recording, view)
    if there.acknowledged and recording.incident.status.is_open:
        lifecycle.acknowledge(recording, note=f"in {integration}")
    if not there.is_open and recording.incident.status.is_open:
        lifecycle.resolve(recording, view, because="all its alerts are resolved")
    if words and len(recording.lines) == told_before and not there.is_new:
        recording.tell(
            IncidentChanged, _sentence(words, integration), changed=("alerts",), before=Before()
        )


def _sentence(words: list[str], integration: str) -> str:
    if len(words) == 1:
        return f"Alert from {integration}: {words[0]}"
    return f"{len(words)} alerts from {integration}, the first: {words[0]}"


def claim_groups(
    recordings: Mapping[str, Recording], before: Mapping[str, str], after: Mapping[str, str]
) -> list[str]:
    """Write onto incidents which group's alerts they take; a group has at most one that does.

    Returns the ids of those that no longer do, because a worse one does from now on.
    """
    changed = {group: holder for group, holder in after.items() if before.get(group) != holder}
    released = [before[group] for group in changed if group in before]
    for incident_id in released:
        if incident_id in recordings:
            recordings[incident_id].change(group_key=None)
    for group, incident_id in changed.items():
        recording = recordings.get(incident_id)
        if recording is not None and recording.incident.group_key is None:
            recording.change(group_key=group)
    return released


def alert_rows(
    incoming: Sequence[Mapped],
    decided: Sequence[Decided],
    board: Board,
    known: Mapping[str, Alert],
    integration: str,
    now: datetime,
) -> list[Alert]:
    """The rows to write, one for each key that something happened to."""
    rows: dict[str, Alert] = {}
    for one, decision in zip(incoming, decided, strict=True):
        if decision.outcome not in SILENT:
            rows[one.alert.key] = _row(one, board, known.get(one.alert.key), integration, now)
    return list(rows.values())


def _row(one: Mapped, board: Board, before: Alert | None, integration: str, now: datetime) -> Alert:
    """The same row while it means the same incident, else a new one."""
    there = board.alerts[one.alert.key]
    same = before is not None and before.incident_id == there.incident_id
    return Alert(
        id=before.id if before is not None and same else uuid7(),
        integration=integration,
        dedup_key=one.alert.key,
        incident_id=there.incident_id,
        firing=there.firing,
        severity=there.severity,
        title=one.alert.title,
        received_at=before.received_at if before is not None and same else now,
        starts_at=there.starts_at,
        resolved_at=None if there.firing else now,
        system_names=one.alert.systems,
        client_names=one.alert.clients,
        link=one.alert.link,
    )


def retired(rows: Iterable[Alert], known: Mapping[str, Alert]) -> list[str]:
    """Rows whose key means another incident from now on."""
    return [
        known[row.dedup_key].id
        for row in rows
        if row.dedup_key in known and known[row.dedup_key].id != row.id
    ]
