"""What every message about an incident may say, as the variables of its template."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import Status

from dispatcher.rendering.notice import Named, Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich, ended, one_line, rich, shortened

LONGEST_NAME = 120


def incident_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """Names are one line, people's texts are :class:`Rich`, moments are :class:`When`.

    A variable without a value is ``None``.
    """
    return {
        "provider": one_line(notice.provider.name),
        "desk_phone": one_line(notice.provider.desk_phone),
        "client": _name(notice.client.name if notice.client else None)
        or reading.phrase("no_client"),
        "of_client": notice.client is not None,
        "next_update": reading.at(notice.next_update_due),
        "late_promise": reading.at(notice.late_promise),
        "first": notice.initial_never_sent,
        "contact": _contact(notice),
        "phone": _phone(notice),
        "taken": notice.taker is not None,
        **_state(notice, reading),
        **_systems(notice, reading),
        **_change(notice, reading),
        **_words_of_people(notice, reading),
    }


def _state(notice: Notice, reading: Reading) -> dict[str, Any]:
    incident = notice.outage
    return {
        "ref": incident.ref,
        "severity": reading.severity(incident.severity),
        "status": incident.status.value,
        "state": reading.status(incident.status),
        "level": incident.impact_level.value if incident.impact_level else None,
        "drill": incident.drill,
        "impact": rich(incident.impact),
        "first_steps": rich(incident.first_steps),
        "workaround": rich(incident.workaround),
        "eta": reading.at(incident.eta),
        "started": reading.at(incident.started_at),
        "open_for": reading.duration(incident.started_at, notice.at),
        "cancelled": notice.cancel_reason is not None or incident.status is Status.CANCELLED,
    }


def _systems(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``one`` and its kin say whether the verb stands in the singular."""
    names = tuple(shortened(name, LONGEST_NAME) for name in map(one_line, notice.systems) if name)
    key = "no_system" if notice.client else "no_system_staff"
    system = reading.names(names) or reading.phrase(key)
    return {
        "named": bool(names),
        "system": system,
        "System": system if names else system[:1].upper() + system[1:],
        "systems": names,
        "one": len(names) < 2,
        "every_system": reading.names(names, most=len(names)) if len(names) > 3 else None,
        "via": reading.names(notice.via),
        "via_one": len(notice.via) < 2,
        "new_systems": reading.names(notice.new_systems, most=len(notice.new_systems)),
        "new_one": len(notice.new_systems) < 2,
        "gone_systems": reading.names(notice.gone_systems, most=len(notice.gone_systems)),
        "gone_one": len(notice.gone_systems) < 2,
        "now": reading.at(notice.at),
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
        "progress": rich(update.progress if update else None),
        "watch_until": reading.at(update.watch_until if update else None),
        "checks": ended(rich(resolved.checks if resolved else None)),
        "cancel_reason": rich(notice.cancel_reason),
        "acknowledged": _acknowledged(notice),
    }


def _acknowledged(notice: Notice) -> bool:
    """Whether "engineers are working on it" may be claimed; a reopened incident needs it anew."""
    at = notice.outage.acknowledged_at
    since = notice.reopened.reopened_at if notice.reopened else None
    return at is not None and (since is None or at >= since)


def _contact(notice: Notice) -> str | None:
    person = _person(notice)
    return _name(person.name) if person and _phone(notice) else None


def _phone(notice: Notice) -> str | None:
    """The contact's own number, else the service desk's."""
    person = _person(notice)
    return one_line(person.phone if person else None) or one_line(notice.provider.desk_phone)


def _person(notice: Notice) -> Named | None:
    """Whoever took the contact; else the account manager, if there is a number of their own."""
    manager = notice.account_manager
    return notice.taker or (manager if manager and manager.phone else None)


def _name(name: str | None) -> str | None:
    cleaned = one_line(name)
    return shortened(cleaned, LONGEST_NAME) if cleaned else None


def line_of(text: Rich | None, longest: int = 300) -> str | None:
    """A person's text as one line of a chat message."""
    return shortened(text.line, longest) if text else None
