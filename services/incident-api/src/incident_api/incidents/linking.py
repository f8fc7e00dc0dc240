"""One outage, several incidents: one of them speaks for all.

A child makes no messages of its own: its clients join its parent's audience and hear of the parent.
There are no grandchildren; what is linked to a child is linked to that child's parent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.words import Kind

from incident_api.audience.rules import concerned_clients
from incident_api.directory.view import DirectoryView
from incident_api.incidents import changing
from incident_api.incidents.lifecycle import (
    NotNow,
    concern_of,
    for_clients,
    permit,
    publish,
    said,
)
from incident_api.incidents.model import Incident
from incident_api.incidents.opening import Draft, open_incident
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command
from incident_api.web.problem import invalid

WORDS = ("impact", "impact_level", "first_steps", "eta", "workaround")
"""What an incident tells clients besides that it is there."""


def link(recording: Recording, root: Recording, view: DirectoryView, reason: str | None) -> None:
    """Make it and its own children part of ``root``; it is so already: nothing happens."""
    permit(Command.LINK, recording.incident)
    if recording.incident.parent_id == root.incident.id:
        return
    _refuse(recording.incident, root.incident)
    become_part(recording, root, reason or "linked by hand")
    for child in recording.family.children:
        become_part(child, root, f"{recording.incident.ref} became part of it")
    linked = [recording.incident, *(child.incident for child in recording.family.children)]
    take_in(root, linked, view)


def _refuse(child: Incident, root: Incident) -> None:
    call = f"POST /v1/incidents/{child.ref}/parent"
    if child.id == root.id:
        raise invalid("/incident_id", f"{child.ref} cannot be part of itself or its own part.")
    if child.parent_id is not None:
        raise NotNow(
            f'{child.ref} is part of another incident; {call} with "incident_id": null comes first.'
        )
    if not root.status.is_open:
        raise NotNow(
            f"{root.ref} is {root.status}, so it can speak for nothing; link {child.ref} to an"
            f" open incident, or POST /v1/incidents/{root.ref}/reopen."
        )
    if child.drill != root.drill:
        raise NotNow(
            f"Of {child.ref} and {root.ref} one is an exercise; {call} takes two real outages or"
            " two exercises."
        )
    if not root.severity.at_least(child.severity):
        raise NotNow(
            f"{_hidden(child, root)} or make it the part with POST /v1/incidents/{root.ref}/parent."
        )
    if child.told and not root.published:
        raise NotNow(
            f"Clients know of {child.ref} and not of {root.ref}, which is internal;"
            f" POST /v1/incidents/{root.ref}/publish comes first."
        )


def _hidden(child: Incident, root: Incident) -> str:
    return (
        f"{child.ref} is {child.severity} and would be hidden in {root.ref}, which is"
        f" {root.severity}; raise that with PATCH /v1/incidents/{root.ref},"
    )


def become_part(recording: Recording, root: Recording, reason: str) -> None:
    """From now on ``root`` speaks for it, and nothing is promised beside what that promises."""
    recording.change(parent_id=root.incident.id, root_key=None)
    recording.promise_nothing()
    _tell_part(recording, root.incident, reason)


def _tell_part(
    recording: Recording, parent: Incident, reason: str, *, by_rule: bool = False
) -> None:
    recording.tell(
        e.IncidentLinked,
        f"Part of {parent.ref}{said(reason)}",
        shown={"parent_id": parent.id, "parent_ref": parent.ref},
        parent_id=parent.id,
        parent_ref=parent.ref,
        reason=reason,
        by_rule=by_rule,
    )


def open_as_part(
    draft: Draft,
    root: Recording,
    reason: str,
    view: DirectoryView,
    *,
    incident_id: str,
    ref: str,
    actor: str,
) -> Recording:
    """Open an incident for which ``root`` speaks from the beginning, by rule."""
    opened = open_incident(
        draft,
        view,
        incident_id=incident_id,
        ref=ref,
        actor=actor,
        now=root.now,
        part_of=root.incident,
    )
    _tell_part(opened, root.incident, reason, by_rule=True)
    take_in(root, [opened.incident], view)
    return opened


def take_in(root: Recording, linked: Iterable[Incident], view: DirectoryView) -> None:
    """Their systems and clients count for ``root``; whoever is new hears of it.

    What they know and ``root`` does not is told by ``root``; and as one of them is published, so is
    what speaks for it.
    """
    children = list(linked)
    refs = ", ".join(child.ref for child in children)
    root.note("child_linked", f"{refs} {'is' if len(children) == 1 else 'are'} part of it now.")
    before = root.incident
    _join(root, children)
    joined = root.incident != before
    publishes = not root.incident.published and any(child.published for child in children)
    words = _adopted(root.incident, children)
    changing.change_fields(root, words, view, notify=not publishes)
    if publishes:
        publish(root, view, because=f"{refs}, which is part of it, is published")
    elif joined:
        changing.widen(root, view)


def _adopted(root: Incident, children: Iterable[Incident]) -> dict[str, Any]:
    """Words for clients that a child has and its root lacks; the first child that has them."""
    found: dict[str, Any] = {}
    for child in children:
        for name in WORDS:
            value = getattr(child, name)
            if value is not None and getattr(root, name) is None:
                found.setdefault(name, value)
    return found


def _join(root: Recording, children: Iterable[Incident]) -> None:
    """Adds what they name beyond its own."""
    mine = root.incident
    systems, clients = (
        dict.fromkeys(mine.joined_system_keys),
        dict.fromkeys(mine.joined_client_keys),
    )
    for child in children:
        systems |= dict.fromkeys((*child.system_keys, *child.joined_system_keys))
        clients |= dict.fromkeys((*child.client_keys, *child.joined_client_keys))
    root.change(
        joined_system_keys=tuple(key for key in systems if key not in mine.system_keys),
        joined_client_keys=tuple(key for key in clients if key not in mine.client_keys),
    )


def carry_over(recording: Recording, view: DirectoryView) -> None:
    """What a child names anew counts for its parent, whose clients hear of it."""
    parent, now, before = recording.family.parent, recording.incident, recording.before
    if parent is None or not parent.incident.status.is_open:
        return
    if now.severity != before.severity and not parent.incident.severity.at_least(now.severity):
        raise NotNow(
            f"{_hidden(now, parent.incident)} or let it stand alone with"
            f' POST /v1/incidents/{now.ref}/parent and "incident_id": null.'
        )
    if (now.system_keys, now.client_keys) != (before.system_keys, before.client_keys):
        take_in(parent, [now], view)


def unlink(recording: Recording, view: DirectoryView, reason: str | None) -> None:
    """Let it stand alone again; it does already: nothing happens."""
    permit(Command.LINK, recording.incident)
    parent = recording.family.parent
    if parent is None:
        return
    stand_alone(recording, view, reason or "linked by mistake")
    ref = recording.incident.ref
    parent.note("child_unlinked", f"{ref} is not part of it any more.")
    parent.change(joined_system_keys=(), joined_client_keys=())
    _join(parent, [sibling.incident for sibling in recording.family.siblings])
    if parent.incident.status.is_open and not parent.incident.told:
        # Whoever was told is told to the end; nobody was, so it concerns its own clients again.
        changing.widen(parent, view)


def part_from_what_is_over(recording: Recording, view: DirectoryView) -> None:
    """What comes back is not silenced by a parent that speaks no more."""
    parent = recording.family.parent
    reopened = recording.incident.status.is_open and not recording.before.status.is_open
    if parent is not None and reopened and not parent.incident.status.is_open:
        stand_alone(recording, view, f"{parent.incident.ref} is over")


def refuse_open_children(recording: Recording) -> None:
    """A closing note tells what happened to all of them, and the last word on each."""
    left = [child.incident.ref for child in recording.family.open_children]
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        verb = "are" if more else "is"
        ref = recording.incident.ref
        raise NotNow(
            f"{left[0]}{more}, part of {ref}, {verb} still open: resolve all of them with"
            f' POST /v1/incidents/{ref}/resolve {{"message": …, "children": true}}, or let one'
            f' stand alone with POST /v1/incidents/{left[0]}/parent {{"incident_id": null}}.'
        )


def refuse_spoken_for(recording: Recording) -> None:
    """Whoever publishes a part means its clients to hear, and they hear of what speaks for it."""
    incident = recording.incident
    if incident.parent_id is not None and incident.status.is_open and not incident.published:
        raise NotNow(
            f"{incident.ref} is part of another incident, whose messages speak for it; publish that"
            f" with POST /v1/incidents/{incident.parent_id}/publish."
        )


def stand_alone(recording: Recording, view: DirectoryView, reason: str) -> None:
    """It speaks for itself: its clients hear of it, and are promised words from now on."""
    incident, now = recording.incident, recording.now
    recording.change(parent_id=None)
    recording.tell(
        e.IncidentLinked,
        f"Stands alone again{said(reason)}",
        parent_id=None,
        parent_ref=None,
        reason=reason,
    )
    _promise_anew(recording, view, now)
    published = recording.incident.published
    kind = for_clients(recording, Kind.INITIAL) if published else None
    keys = tuple(client.client_key for client in recording.clients)
    recording.tell(
        e.AudienceChanged,
        f"{incident.ref} speaks for itself from now on.",
        kind=kind,
        only_clients=keys if kind else None,
        audience=recording.audience,
        added=keys,
    )


def _promise_anew(recording: Recording, view: DirectoryView, now: datetime) -> None:
    incident = recording.incident
    concern = concern_of(incident)
    fresh = concerned_clients(view, concern, known_at=now, published=incident.published)
    keys = {client.client_key for client in fresh}
    stay = [c for c in recording.clients if c.client_key not in keys and incident.told]
    left = {client.client_key for client in recording.clients} - keys if not incident.told else ()
    recording.set_audience((*fresh, *stay), removed=sorted(left))
