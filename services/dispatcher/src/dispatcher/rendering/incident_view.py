"""What every message about an incident may say, as the variables of its template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tocsin_contracts.words import Status

from dispatcher.rendering.base_view import base_view
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import ended, rich


def incident_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """What :func:`base_view` says, and the incident's state, changes and words."""
    return {
        **base_view(notice, reading),
        "first": notice.initial_never_sent,
        **_state(notice, reading),
        **_causes(notice, reading),
        **_change(notice, reading),
        **_words_of_people(notice, reading),
    }


def _state(notice: Notice, reading: Reading) -> dict[str, Any]:
    incident = notice.outage
    return {
        "severity": reading.severity(incident.severity),
        "status": incident.status.value,
        "state": reading.status(incident.status),
        "level": incident.impact_level.value if incident.impact_level else None,
        "impact": rich(incident.impact),
        "first_steps": rich(incident.first_steps),
        "workaround": rich(incident.workaround),
        "eta": reading.at(_still_to_come(notice)),
        "eta_passed": reading.at(None if _still_to_come(notice) else incident.eta),
        "started": reading.at(incident.started_at),
        "open_for": reading.duration(incident.started_at, notice.at),
    }


def _still_to_come(notice: Notice) -> datetime | None:
    """A time that has passed is no expectation any more."""
    eta = notice.outage.eta
    return eta if eta and eta > notice.at else None


def _causes(notice: Notice, reading: Reading) -> dict[str, Any]:
    """What failed beneath, what joined and what left; ``…_one``: the verb is in the singular."""
    return {
        "via": reading.names(notice.via),
        "via_one": len(notice.via) < 2,
        "new_systems": reading.names(notice.new_systems, most=len(notice.new_systems)),
        "new_one": len(notice.new_systems) < 2,
        "gone_systems": reading.names(notice.gone_systems, most=len(notice.gone_systems)),
        "gone_one": len(notice.gone_systems) < 2,
    }


def _change(notice: Notice, reading: Reading) -> dict[str, Any]:
    """What this message replaces; ``eta_withdrawn`` and ``workaround_withdrawn`` say it is gone."""
    before, incident = notice.before, notice.outage
    changed = set(notice.changed)
    eta_moved = "eta" in changed and before.eta is not None and before.eta != incident.eta
    both = before.eta if eta_moved and incident.eta else None
    return {
        "changed": frozenset(changed),
        "eta_before": reading.at(before.eta) if eta_moved else None,
        "eta_was_now": reading.times.was_now(both, incident.eta) if both and incident.eta else None,
        "eta_earlier": bool(both and incident.eta and incident.eta < both),
        "eta_withdrawn": eta_moved and incident.eta is None,
        "eta_clock_before": reading.times.clock(both) if both else None,
        "steps_new": rich(incident.first_steps) if "first_steps" in changed else None,
        "cause_just_found": "status" in changed and incident.status is Status.IDENTIFIED,
        "eta_new": "eta" in changed,
        "workaround_new": "workaround" in changed and incident.workaround is not None,
        "workaround_withdrawn": bool(
            "workaround" in changed and before.workaround and not incident.workaround
        ),
        "severity_before": reading.severity(before.severity)
        if "severity" in changed and before.severity and before.severity != incident.severity
        else None,
    }


def _words_of_people(notice: Notice, reading: Reading) -> dict[str, Any]:
    update, resolved, reopened = notice.update, notice.resolved, notice.reopened
    written = (
        (update.message if update else None)
        or (resolved.message if resolved else None)
        or (reopened.message if reopened else None)
    )
    return {
        "message": rich(written),
        "newest": rich(_newest(notice, written)),
        "carried": rich(_carried(notice, written)),
        "progress": rich(update.progress if update else None),
        "watch_until": reading.at(update.watch_until if update else None),
        "checks": ended(rich(resolved.checks if resolved else None)),
        "cancel_reason": rich(notice.cancel_reason),
        "acknowledged": _acknowledged(notice),
    }


def _newest(notice: Notice, written: str | None) -> str | None:
    """Of several updates in one message what the last said; where there is room for one only."""
    return notice.newest_words or written


def _carried(notice: Notice, written: str | None) -> str | None:
    """What the updates before it said."""
    return (written or "").removesuffix(notice.newest_words) if notice.newest_words else None


def _acknowledged(notice: Notice) -> bool:
    """Whether "engineers are working on it" may be claimed; a reopened incident needs it anew."""
    at = notice.outage.acknowledged_at
    since = notice.reopened.reopened_at if notice.reopened else None
    return at is not None and (since is None or at >= since)
