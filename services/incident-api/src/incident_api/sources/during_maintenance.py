"""Alerts that planned work explains: kept quiet, or marked, as its window says. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from tocsin_contracts.words import Severity

from incident_api.alerts.board import Board, Outcome
from incident_api.incidents.opening import Draft
from incident_api.maintenance.alerts import QuietAlert
from incident_api.maintenance.during import Reach, Running, covering
from incident_api.sources.mapping import Mapped
from incident_api.sources.model import IncomingAlert
from incident_api.sources.sender import Sender


@dataclass(frozen=True)
class Hushed:
    """An alert that is not taken; ``window`` is ``None`` where it only ends."""

    outcome: Outcome
    detail: str
    window: Running | None = None


def hushed(
    one: Mapped,
    board: Board,
    windows: Sequence[Running],
    quiet: Container[str],
    reach: Reach,
    now: datetime,
) -> Hushed | None:
    """What is done instead of taking the alert; ``None``: it is taken.

    What belongs to an incident that is open goes on as it began. ``quiet`` are keys that a window
    keeps quiet already.
    """
    known = board.alerts.get(one.alert.key)
    if one.alert.status == "resolved" and known is None and one.alert.key in quiet:
        return Hushed(Outcome.RESOLVED, "It is resolved; planned work had kept it quiet.")
    if one.alert.status != "firing" or (known and board.incident_of(known).is_open):
        return None
    window = None if one.unknown else covering(one.system_keys, windows, reach, now)
    if window is None or not window.keeps_quiet(now):
        return None
    return Hushed(
        Outcome.SUPPRESSED, f"Kept quiet by {window.ref}, planned work in progress.", window
    )


def hush_all(
    incoming: Sequence[Mapped],
    board: Board,
    windows: Sequence[Running],
    quiet: Set[str],
    reach: Reach,
    now: datetime,
) -> dict[int, Hushed]:
    """By place in the payload, those that are not taken."""
    found: dict[int, Hushed] = {}
    here: set[str] = set()
    for place, one in enumerate(incoming):
        decided = hushed(one, board, windows, quiet | here, reach, now)
        if decided is not None:
            found[place] = decided
            here.add(one.alert.key)
    return found


def marked(draft: Draft, windows: Sequence[Running], reach: Reach, now: datetime) -> Draft:
    """An incident that planned work explains names it in its title, which no client reads."""
    window = covering(draft.system_keys, windows, reach, now)
    if window is None:
        return draft
    return replace(draft, title=f"{draft.title} (during {window.ref})")


def quiet_row(one: Mapped, window: Running, sender: Sender) -> QuietAlert:
    return QuietAlert(
        integration=sender.integration,
        dedup_key=one.alert.key,
        window_id=window.id,
        firing=True,
        title=one.alert.title,
        severity=one.alert.severity,
        alert=asdict(one.alert),
        format=sender.format,
        actor=sender.actor,
        received_at=sender.now,
        repeated_at=sender.now,
    )


def as_it_came(alert: Mapping[str, Any]) -> IncomingAlert:
    """What :func:`quiet_row` kept, read back."""
    started = alert["started_at"]
    return IncomingAlert(
        **{
            **alert,
            "severity": Severity(alert["severity"]),
            "systems": tuple(alert["systems"]),
            "clients": tuple(alert["clients"]),
            "started_at": None if started is None else datetime.fromisoformat(started),
        }
    )
