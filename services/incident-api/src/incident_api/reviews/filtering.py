"""The filter of a client's copy: only what this client was told and promised.

It comes before anything is built, so that no part of the document can show what it left out. Named
one by one are the fields that pass; a new field stays inside until somebody names it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tocsin_contracts.words import DeliveryState, Kind

from incident_api.incidents.closure import Closure
from incident_api.incidents.model import Incident
from incident_api.incidents.updates import Update
from incident_api.reviews.facts import Facts, Told
from incident_api.timeline.lines import Line

GOT_THERE = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN})

PASSING: Mapping[str, tuple[str, ...]] = {
    "changed": ("eta", "workaround"),
    "resolved": ("message", "checks", "resolved_at"),
    "reopened": ("message",),
    "cancelled": ("reason",),
    "corrected": ("right", "wrong", "action"),
}
"""By a line's word, what of its data a client was told."""

UNSAID = frozenset({Kind.REVIEW, Kind.FEEDBACK_REQUEST, Kind.DIGEST})
"""Messages that tell nothing of the outage itself."""


def as_told_to(facts: Facts, client_key: str) -> Facts:
    """The same incident as far as this client knows it."""
    others = {u.event_id for u in facts.updates if not _meant_for(u, client_key)}
    told = [one for one in facts.told if _reached(one, client_key) and one.cause_id not in others]
    causes = {one.cause_id for one in told}
    return replace(
        facts,
        incident=_incident(facts.incident),
        audience=[one for one in facts.audience if one.client_key == client_key],
        lines=[_line(line) for line in facts.lines if line.event_id in causes],
        updates=[_update(update) for update in facts.updates if update.event_id in causes],
        told=told,
        promised=[replace(p, reason=None) for p in facts.promised if p.client_key == client_key],
        closure=None if facts.closure is None else _closure(facts.closure, client_key),
        missed=(),
        feedback=(),
    )


def _reached(told: Told, client_key: str) -> bool:
    return told.client_key == client_key and told.state in GOT_THERE and told.kind not in UNSAID


def _meant_for(update: Update, client_key: str) -> bool:
    """Whatever a dispatcher says was delivered: what was not written for it is not shown to it."""
    if update.internal_only or update.struck:
        return False
    return update.client_keys is None or client_key in update.client_keys


def _update(update: Update) -> Update:
    return replace(update, actor="", client_keys=None, strike_reason=None)


def _line(line: Line) -> Line:
    data: dict[str, Any] = {
        name: line.data[name] for name in PASSING.get(line.type, ()) if name in line.data
    }
    if data.get("right") is None:
        data.pop("wrong", None)  # it was sent by mistake: to be disregarded, not read again
    return replace(line, actor="", text="", data=data)


def _incident(incident: Incident) -> Incident:
    """Without our own name for it, our description, and who of us had it."""
    return incident.having(
        title="",
        description=None,
        acknowledged_at=None,
        acknowledged_by=None,
        client_keys=(),
        exclude_client_keys=(),
        group_key=None,
    )


def _closure(closure: Closure, client_key: str) -> Closure:
    own = {key: text for key, text in closure.per_client.items() if key == client_key}
    return replace(closure, per_client=own)
