"""From alerts to incidents: what one more word from a monitoring tool means.

An alert is one (integration, tool key). Alerts of one tool group that name the same systems and
clients share an incident. The :class:`Board` is what is known; every decision is written onto it,
so that a payload's alerts are decided one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tocsin_contracts.words import Status

from incident_api.alerts.board import Arrival, Board, Decided, KnownAlert, KnownIncident, Outcome

REOPEN_WITHIN = timedelta(minutes=30)
SAME_START = timedelta(seconds=1)
"""Tools cut fractions of a second differently in the firing and in the resolve."""


def decide_all(
    arrivals: Sequence[Arrival], board: Board, now: datetime, new_id: Callable[[], str]
) -> list[Decided]:
    """Decide a payload; the answers stand in its order. ``new_id`` names what is opened."""
    decided: dict[int, Decided] = {}
    for place in _order(arrivals, board):
        decided[place] = decide(arrivals[place], board, now, new_id)
    return [decided[place] for place in range(len(arrivals))]


def _order(arrivals: Sequence[Arrival], board: Board) -> list[int]:
    """What fires comes first, so that nothing resolves which another alert keeps open.

    Among those, known alerts reopen theirs before new ones open another, and the worst opens what
    lesser ones join. Where a key comes twice, the payload's own order is part of what it says.
    """
    places = list(range(len(arrivals)))
    if len({arrival.key for arrival in arrivals}) < len(arrivals):
        return places

    def rank(place: int) -> tuple[bool, bool, int]:
        arrival = arrivals[place]
        return arrival.status != "firing", arrival.key not in board.alerts, arrival.severity.rank

    return sorted(places, key=rank)


def decide(arrival: Arrival, board: Board, now: datetime, new_id: Callable[[], str]) -> Decided:
    """Decide one alert and write the result onto ``board``."""
    known = board.alerts.get(arrival.key)
    if arrival.status == "firing":
        return _firing(arrival, known, board, now, new_id)
    if known is None:
        return Decided(Outcome.IGNORED, None, "No alert with this key was ever firing here.")
    if arrival.status == "acknowledged":
        return _acknowledged(known, board)
    return _resolved(arrival, known, board, now)


def _firing(
    arrival: Arrival,
    known: KnownAlert | None,
    board: Board,
    now: datetime,
    new_id: Callable[[], str],
) -> Decided:
    if known is None:
        return _first_firing(arrival, board, new_id, previous=None)
    incident = board.incident_of(known)
    if known.firing and incident.is_open:
        return _still_firing(arrival, known)
    if _started_no_later(arrival, known) or _called_off(arrival, known, incident):
        return Decided(
            Outcome.DEDUPLICATED, incident.id, "A late repeat: this start is dealt with already."
        )
    if incident.is_open:
        _fire(arrival, incident, board)
        return Decided(Outcome.UPDATED, incident.id, "It fires again; its incident is still open.")
    if _may_reopen(incident, now):
        _reopen(incident, board, now)
        _fire(arrival, incident, board)
        return Decided(Outcome.REOPENED, incident.id, "It fires again soon after the resolve.")
    return _first_firing(arrival, board, new_id, previous=incident.id)


def _first_firing(
    arrival: Arrival, board: Board, new_id: Callable[[], str], *, previous: str | None
) -> Decided:
    shared = _open_incident_of_group(arrival, board)
    if shared is not None:
        _fire(arrival, shared, board)
        return Decided(Outcome.UPDATED, shared.id, "Joined the open incident of its group.")
    opened = KnownIncident(new_id(), Status.INVESTIGATING, arrival.severity, 0, is_new=True)
    board.incidents[opened.id] = opened
    _fire(arrival, opened, board)
    reason = "A new incident." if previous is None else "A new incident; the one before is over."
    return Decided(Outcome.OPENED, opened.id, reason, previous_incident_id=previous)


def _open_incident_of_group(arrival: Arrival, board: Board) -> KnownIncident | None:
    """A worse alert is not hidden in a lesser incident, whose severity a person may have set."""
    shared = board.incidents.get(board.groups.get(arrival.group or "", ""))
    if shared is None or not shared.is_open or not shared.severity.at_least(arrival.severity):
        return None
    return shared


def _still_firing(arrival: Arrival, known: KnownAlert) -> Decided:
    repeated = arrival.severity == known.severity
    if arrival.starts_at is not None and not _started_no_later(arrival, known):
        repeated = False
        known.starts_at = arrival.starts_at
    known.severity = arrival.severity
    if repeated:
        return Decided(Outcome.DEDUPLICATED, known.incident_id, "It is firing already.")
    return Decided(Outcome.UPDATED, known.incident_id, "It is firing already; its data changed.")


def _started_no_later(arrival: Arrival, known: KnownAlert) -> bool:
    """Whether this firing's start is one that was dealt with; without both starts: no."""
    if arrival.starts_at is None or known.starts_at is None:
        return False
    return arrival.starts_at <= known.starts_at


def _called_off(arrival: Arrival, known: KnownAlert, incident: KnownIncident) -> bool:
    """A tool that names no start goes on repeating what a person has called a false alarm."""
    return incident.status is Status.CANCELLED and known.firing and arrival.starts_at is None


def _may_reopen(incident: KnownIncident, now: datetime) -> bool:
    return (
        incident.status is Status.RESOLVED
        and incident.resolved_at is not None
        and now - incident.resolved_at <= REOPEN_WITHIN
    )


def _reopen(incident: KnownIncident, board: Board, now: datetime) -> None:
    """What speaks for it comes back with it: its clients hear once that the outage is back."""
    incident.status, incident.resolved_at = Status.INVESTIGATING, None
    incident.acknowledged = False
    parent = board.parent_of(incident)
    if parent is None:
        return
    if _may_reopen(parent, now):
        parent.status, parent.resolved_at = Status.INVESTIGATING, None
        parent.acknowledged = False
    parent.open_children += 1


def _fire(arrival: Arrival, incident: KnownIncident, board: Board) -> None:
    before = board.alerts.get(arrival.key)
    if before is not None and before.firing:
        board.incident_of(before).firing -= 1
    incident.firing += 1
    _claim_group(arrival.group, incident, board)
    board.alerts[arrival.key] = KnownAlert(
        incident.id, firing=True, starts_at=arrival.starts_at, severity=arrival.severity
    )


def _claim_group(group: str | None, incident: KnownIncident, board: Board) -> None:
    """Later alerts of the group join what was opened last, which is the worst of them."""
    if group is None:
        return
    holder = board.incidents.get(board.groups.get(group, ""))
    if incident.is_new or holder is None or not holder.is_open:
        board.groups[group] = incident.id


def _acknowledged(known: KnownAlert, board: Board) -> Decided:
    incident = board.incident_of(known)
    if not incident.is_open:
        return Decided(Outcome.IGNORED, incident.id, "Its incident is not open any more.")
    if incident.acknowledged:
        return Decided(Outcome.DEDUPLICATED, incident.id, "Its incident is acknowledged already.")
    incident.acknowledged = True
    return Decided(Outcome.ACKNOWLEDGED, incident.id, "Its incident is acknowledged.")


def _resolved(arrival: Arrival, known: KnownAlert, board: Board, now: datetime) -> Decided:
    incident = board.incident_of(known)
    if not known.firing:
        return Decided(Outcome.DEDUPLICATED, incident.id, "It is resolved already.")
    if _of_an_earlier_start(arrival, known):
        return Decided(Outcome.IGNORED, incident.id, "A late resolve: it has fired anew since.")
    known.firing = False
    incident.firing -= 1
    if incident.firing > 0 or not incident.is_open or not arrival.complete:
        return Decided(Outcome.RESOLVED, incident.id, _stays(incident))
    if incident.open_children > 0:
        return Decided(Outcome.RESOLVED, incident.id, _waits_for_children(incident))
    _end(incident, board, now)
    return Decided(Outcome.RESOLVED, incident.id, "All alerts of its incident are resolved.")


def _end(incident: KnownIncident, board: Board, now: datetime) -> None:
    """With the last of its children ends what had waited for them only."""
    incident.status, incident.resolved_at = Status.RESOLVED, now
    parent = board.parent_of(incident)
    if parent is None:
        return
    parent.open_children -= 1
    over = parent.alerted and parent.firing == 0 and parent.open_children == 0
    if over and parent.is_open:
        _end(parent, board, now)


def _waits_for_children(incident: KnownIncident) -> str:
    """Clients would read that all is well while a part of it is not."""
    if incident.open_children == 1:
        return "Its incident stays open: one more that is part of it is open."
    return f"Its incident stays open: {incident.open_children} that are part of it are open."


def _of_an_earlier_start(arrival: Arrival, known: KnownAlert) -> bool:
    if arrival.starts_at is None or known.starts_at is None:
        return False
    return arrival.starts_at < known.starts_at - SAME_START


def _stays(incident: KnownIncident) -> str:
    if not incident.is_open:
        return f"Its incident is {incident.status} already."
    if incident.firing == 0:
        return "Its incident stays open: the payload leaves alerts of its group out."
    if incident.firing == 1:
        return "Its incident stays open: one more alert is firing."
    return f"Its incident stays open: {incident.firing} more alerts are firing."
