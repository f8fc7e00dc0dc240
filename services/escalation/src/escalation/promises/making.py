"""What an incident's event does to the promises of its clients: tells, makes or ends them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from tocsin_contracts.envelope import Event
from tocsin_contracts.events import (
    AudienceChanged,
    IncidentCancelled,
    IncidentClosed,
    IncidentEvent,
    IncidentLinked,
    IncidentReopened,
    IncidentResolved,
    IncidentUpdated,
)
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Promise, Visibility

from escalation.incidents.rules import CARRIES_AUDIENCE, writes_to
from escalation.promises.state import TELLING, WORDS, Cadence, Pledge


@dataclass(frozen=True)
class Heard:
    """One event with the audience as it is after it; ``cadences`` by client, where known."""

    event: Event[IncidentEvent]
    audience: Sequence[AudienceClient]
    cadences: Mapping[str, Cadence] = field(default_factory=dict)

    @property
    def data(self) -> IncidentEvent:
        return self.event.data

    @cached_property
    def clients(self) -> dict[str, AudienceClient]:
        return {client.client_key: client for client in self.audience}

    def tells(self, client_key: str) -> bool:
        """Whether the event's message is the client's promised word."""
        if self.data.kind not in TELLING or not writes_to(self.data, client_key):
            return False
        match self.data:
            case IncidentUpdated(update=update) if update.client_keys is not None:
                return client_key in update.client_keys
            case AudienceChanged(added=added):
                return client_key in added
        return True


def heard(pledges: Iterable[Pledge], told: Heard) -> list[Pledge]:
    """The promises after the event, the new ones last; those it leaves alone are among them."""
    before = list(pledges)
    after = [_after(pledge, told) for pledge in before]
    made = _made(after, told)
    kinds = {(pledge.client_key, pledge.promise) for pledge in made}
    older = [replace(p, current=False) if (p.client_key, p.promise) in kinds else p for p in after]
    return [*older, *(_told_at_once(pledge, told) for pledge in made)]


def _after(pledge: Pledge, told: Heard) -> Pledge:
    if not pledge.live:
        return pledge
    if (why := _over(pledge, told)) is not None:
        return pledge.over(why)
    if told.tells(pledge.client_key):
        pledge = _spoken(pledge, told)
    return pledge.over("another moment was promised") if _replaced(pledge, told) else pledge


def _spoken(pledge: Pledge, told: Heard) -> Pledge:
    """The client is written to: that is the promised word if it moves or ends the promise.

    A word long before its time leaves the promise where it is, and another one is owed.
    """
    pledge = replace(pledge, spoken_at=told.event.time)
    if not pledge.causes and not _answers(pledge, told):
        return pledge
    if pledge.promise is Promise.CLOSURE and not isinstance(told.data, IncidentClosed):
        return pledge
    return replace(
        pledge,
        causes=(*pledge.causes, told.event.id),
        told_at=pledge.told_at or told.event.time,
    )


def _answers(pledge: Pledge, told: Heard) -> bool:
    match pledge.promise:
        case Promise.FIRST_NOTICE:
            return True
        case Promise.CLOSURE:
            return isinstance(told.data, IncidentClosed)
    return not told.data.incident.status.is_open or _moved(pledge, told)


def _moved(pledge: Pledge, told: Heard) -> bool:
    """Whether another moment is promised to the client now, or no further word at all."""
    due = told.data.next_update_due.get(pledge.client_key)
    if due is None and isinstance(told.data, CARRIES_AUDIENCE):
        return told.clients[pledge.client_key].next_update_due != pledge.due_at
    return due is not None and due != pledge.due_at


def _replaced(pledge: Pledge, told: Heard) -> bool:
    """Whether another moment takes its place before anything was written."""
    if not pledge.unwritten or pledge.promise is Promise.CLOSURE:
        return False
    if pledge.promise is Promise.UPDATE:
        return _moved(pledge, told)
    first = told.clients[pledge.client_key].first_notice_due
    return isinstance(told.data, CARRIES_AUDIENCE) and first not in (None, pledge.due_at)


def _over(pledge: Pledge, told: Heard) -> str | None:
    """Why nothing is owed any more, or ``None``."""
    data = told.data
    if isinstance(data, IncidentCancelled):
        return "it was a false alarm"
    if isinstance(data, IncidentLinked) and data.parent_id is not None:
        return f"spoken for by {data.parent_ref or data.parent_id}"
    if pledge.client_key not in told.clients:
        return "the client is not told of this incident any more"
    return f"the incident is {data.incident.status.value}" if _pointless(pledge, told) else None


def _pointless(pledge: Pledge, told: Heard) -> bool:
    """The event takes the promise's reason away, and no message answers it."""
    if pledge.causes:
        return False
    if pledge.promise is Promise.CLOSURE and isinstance(told.data, IncidentReopened):
        return True
    ends = IncidentClosed if pledge.promise is Promise.CLOSURE else IncidentEvent
    settled = isinstance(told.data, ends) and not told.data.incident.status.is_open
    return settled and not told.tells(pledge.client_key)


def _made(pledges: Sequence[Pledge], told: Heard) -> list[Pledge]:
    if told.data.incident.parent_id is not None:
        return []
    known = {(p.client_key, p.promise): p for p in pledges if p.current}
    wanted = [
        (client.client_key, promise, due)
        for client in told.audience
        for promise, due in _due(client, told)
        if due is not None
    ]
    return [
        _new(key, promise, due, told)
        for key, promise, due in wanted
        if _is_new(known.get((key, promise)), due, told)
    ]


def _due(client: AudienceClient, told: Heard) -> list[tuple[Promise, datetime | None]]:
    """What the event says is promised to the client from now on."""
    data, key = told.data, client.client_key
    if isinstance(data, IncidentResolved):
        return [(Promise.CLOSURE, data.closure_due.get(key))]
    if not data.incident.status.is_open:
        return []
    whole = isinstance(data, CARRIES_AUDIENCE)
    update = data.next_update_due.get(key) or (client.next_update_due if whole else None)
    return [
        (Promise.FIRST_NOTICE, client.first_notice_due if whole else None),
        (Promise.UPDATE, update if _clients_know(data) else None),
    ]


def _clients_know(data: IncidentEvent) -> bool:
    """Nothing but the first word is promised before clients know of an incident."""
    published = data.incident.visibility is Visibility.PUBLISHED
    return published or data.incident.holding_notice_at is not None


def _is_new(known: Pledge | None, due: datetime, told: Heard) -> bool:
    """The same moment is another promise only once nothing is owed by it any more. Nobody promises
    a moment that has passed: whoever joins that late was promised nothing by it."""
    if due <= told.event.time:
        return False
    if known is None or due != known.due_at or known.ended is not None:
        return True
    return known.promise is Promise.UPDATE and bool(known.causes)


def _new(key: str, promise: Promise, due: datetime, told: Heard) -> Pledge:
    word = told.tells(key)
    return Pledge(
        client_key=key,
        promise=promise,
        due_at=due,
        made_at=told.event.time,
        made_by=told.event.sequence,
        cadence=told.cadences.get(key) if promise is Promise.UPDATE else None,
        drill=told.data.incident.drill,
        spoken_at=told.event.time if word and promise is Promise.UPDATE else None,
    )


def _told_at_once(pledge: Pledge, told: Heard) -> Pledge:
    """The event that promises the first word usually is the first word."""
    if pledge.promise is Promise.FIRST_NOTICE and told.tells(pledge.client_key):
        return _spoken(pledge, told)
    return pledge


def contacted(pledges: Iterable[Pledge], client_key: str, at: datetime) -> list[Pledge]:
    """The promises that a telephone call at ``at`` keeps: those owed by then, else the next word.

    A promise called broken before the call was noted may be among ``pledges``.
    """
    owed = [
        p
        for p in pledges
        if p.client_key == client_key and p.promise in WORDS and p.made_at <= at and _open_at(p, at)
    ]
    late = [pledge for pledge in owed if pledge.due_at < at]
    kept = late or sorted(owed, key=lambda p: p.due_at)[:1]
    return [replace(pledge, contact_at=at, done_at=None, given_up=False) for pledge in kept]


def _open_at(pledge: Pledge, at: datetime) -> bool:
    return pledge.live or (pledge.reason is not None and at <= pledge.due_at)
