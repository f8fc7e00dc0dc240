"""A tool's payload becomes alerts and incidents, whole or not at all, in one transaction.

Nothing is locked where nothing is known yet, as with most payloads of an outage. Where two of
those bring the same key or group at once, a unique index refuses the second, which is then decided
again; it finds the first one's incident and locks that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.alerts.board import Decided, Outcome
from incident_api.alerts.rules import decide_all
from incident_api.incidents import store as incidents_store
from incident_api.incidents.family import Family
from incident_api.incidents.family_store import release_roots
from incident_api.incidents.joining import Opening
from incident_api.incidents.maintenance import note_work
from incident_api.incidents.model import Incident
from incident_api.incidents.recording import Recording
from incident_api.incidents.writing import write
from incident_api.maintenance.during import Running, reach_of
from incident_api.sources import consequences
from incident_api.sources.during_maintenance import Hushed, hush_all, marked
from incident_api.sources.keeping_quiet import keep_quiet
from incident_api.sources.knowledge import Known, hold
from incident_api.sources.mapping import Mapped, mapped
from incident_api.sources.model import IncomingAlert, Parsed, Unusable
from incident_api.sources.opening import Openings, claim_again, roots_of
from incident_api.sources.sender import Sender
from incident_api.sources.store import Found
from incident_api.web.parts import Parts


@dataclass(frozen=True)
class Result:
    """The answer for one alert; ``incident_id`` is ``None`` where it belongs to none."""

    dedup_key: str | None
    outcome: Outcome
    incident_id: str | None
    routed: bool
    detail: str


async def ingest(
    conn: Connection, parsed: Parsed, sender: Sender, found: Found, parts: Parts
) -> list[Result]:
    """One result for each alert of ``parsed``, in its order.

    ``found`` was read in this transaction. Raises ``UniqueViolationError`` or
    :class:`ChangedMeanwhile` where another payload was faster: begin again.
    """
    usable = [alert for alert in parsed if isinstance(alert, IncomingAlert)]
    results = iter(await _take(conn, usable, sender, found, parts) if usable else [])
    return [
        Result(alert.key, Outcome.REJECTED, None, False, alert.detail)
        if isinstance(alert, Unusable)
        else next(results)
        for alert in parsed
    ]


async def _take(
    conn: Connection,
    alerts: Sequence[IncomingAlert],
    sender: Sender,
    found: Found,
    parts: Parts,
) -> list[Result]:
    integration = sender.integration
    incoming = [mapped(alert, sender.view) for alert in alerts]
    arrivals = [one.arrival(integration) for one in incoming]
    known = await hold(conn, found, arrivals, integration, roots_of(incoming, sender.view))
    reach = reach_of(sender.view)
    quiet = hush_all(incoming, known.board, found.windows, found.quiet, reach, sender.now)
    await keep_quiet(conn, incoming, quiet, sender)
    taken = [one for place, one in enumerate(incoming) if place not in quiet]
    results = iter(await _decide(conn, taken, known, sender, parts, found.windows) if taken else [])
    return [
        _quiet(one, quiet[place]) if place in quiet else next(results)
        for place, one in enumerate(incoming)
    ]


async def _decide(
    conn: Connection,
    incoming: Sequence[Mapped],
    known: Known,
    sender: Sender,
    parts: Parts,
    windows: Sequence[Running],
) -> list[Result]:
    integration, now = sender.integration, sender.now
    arrivals = [one.arrival(integration) for one in incoming]
    groups_before = dict(known.board.groups)
    decided = decide_all(arrivals, known.board, now, uuid7)
    recordings, roots = await _recordings(conn, incoming, decided, known, sender, windows)
    consequences.follow(recordings, incoming, decided, known.board, sender.view, integration)
    claim_again(recordings.values(), known, sender.view)
    released = consequences.claim_groups(recordings, groups_before, known.board.groups)
    if released:
        await incidents_store.release_groups(conn, released)
    if roots:
        await release_roots(conn, roots)
    rows = consequences.alert_rows(incoming, decided, known.board, known.alerts, integration, now)
    retired = consequences.retired(rows, known.alerts)
    opened = list(recordings.values())
    await write(conn, parts, opened, sender.view, alerts=rows, retired=retired)
    return [
        _result(one, decision, recordings, known)
        for one, decision in zip(incoming, decided, strict=True)
    ]


async def _recordings(
    conn: Connection,
    incoming: Sequence[Mapped],
    decided: Sequence[Decided],
    known: Known,
    sender: Sender,
    windows: Sequence[Running],
) -> tuple[dict[str, Recording], list[str]]:
    """One for each incident that something happens to, known or opened by this payload.

    And those to which no later one of the same systems belongs any more.
    """
    drafts = consequences.drafts(incoming, decided, known.board, sender.integration)
    recordings = await _changed(conn, known, decided, sender, opens=bool(drafts))
    refs = await incidents_store.draw_refs(conn, len(drafts), drawn=known.number)
    reach = reach_of(sender.view)
    openings = Openings(recordings, known)
    for (incident_id, draft), ref in zip(drafts.items(), refs, strict=False):
        opening = Opening(sender.view, incident_id, ref, sender.actor, sender.now)
        draft = replace(marked(draft, windows, reach, sender.now), origin=sender.format)
        recordings[incident_id] = opened = openings.open(draft, opening)
        note_work(opened, windows, reach)
    return recordings, openings.released


async def _changed(
    conn: Connection, known: Known, decided: Sequence[Decided], sender: Sender, *, opens: bool
) -> dict[str, Recording]:
    """``opens``: whatever holds the root of what is opened may change along with it."""
    ids = consequences.changed(known.incidents, known.board, decided)
    if opens:
        ids |= {i for i, incident in known.incidents.items() if incident.root_key is not None}
    if not ids:
        return {}
    audiences = await incidents_store.read_audiences(conn, sorted(ids))
    recordings = {
        i: Recording(known.incidents[i], audiences[i], actor=sender.actor, now=sender.now)
        for i in sorted(ids)
    }
    for recording in recordings.values():
        recording.family = Family(parent=_parent(recording, recordings, known))
    return recordings


def _parent(
    recording: Recording, recordings: Mapping[str, Recording], known: Known
) -> Recording | None:
    """One to which nothing happens is there to be looked at."""
    parent_id = recording.incident.parent_id
    if parent_id is None or parent_id in recordings:
        return recordings.get(parent_id or "")
    parent = known.incidents[parent_id]
    return Recording(parent, (), actor=recording.actor, now=recording.now)


def _result(
    one: Mapped, decision: Decided, recordings: Mapping[str, Recording], known: Known
) -> Result:
    incident = _incident(decision.incident_id, recordings, known)
    return Result(
        dedup_key=one.alert.key,
        outcome=decision.outcome,
        incident_id=decision.incident_id,
        routed=incident.routed if incident else False,
        detail=decision.reason + one.unknown_sentence(),
    )


def _quiet(one: Mapped, hushed: Hushed) -> Result:
    routed = bool(one.system_keys or one.client_keys)
    return Result(one.alert.key, hushed.outcome, None, routed, hushed.detail)


def _incident(
    incident_id: str | None, recordings: Mapping[str, Recording], known: Known
) -> Incident | None:
    if incident_id is None:
        return None
    recording = recordings.get(incident_id)
    return known.incidents.get(incident_id) if recording is None else recording.incident
