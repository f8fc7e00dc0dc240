"""Incident events in: one function an event, which changes the case of its incident."""

from __future__ import annotations

from collections.abc import Callable

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    AudienceChanged,
    EscalationStopped,
    HoldingNoticeIssued,
    IncidentAcknowledged,
    IncidentCancelled,
    IncidentChanged,
    IncidentClosed,
    IncidentEvent,
    IncidentLinked,
    IncidentOpened,
    IncidentPublished,
    IncidentReopened,
    IncidentResolved,
    IncidentUpdated,
)

from escalation.cases import arming
from escalation.cases.case import Case
from escalation.cases.membership import membership
from escalation.incidents.rules import writes_to
from escalation.intake.answers import taken_event
from escalation.policies import answers, events
from escalation.policies.state import Chain


def opened(case: Case, _event: Event[EventData]) -> None:
    """The account chain runs from here, whether clients are told or not. What is part of another
    outage from the start is that one's matter."""
    if not case.facts.is_open:
        return
    arming.begin(case, case.incident.audience, case.incident.snapshot.known_at)


def audience_changed(case: Case, event: Event[EventData]) -> None:
    """Those who joined are stood for from now on, those who left are not any more."""
    if not case.facts.is_open:
        return
    change = membership(case.incident.audience, case.chains)
    arming.begin(case, change.begin, event.time)
    _start_again(case, list(change.again), event)
    _stop(case, list(change.end), "No longer affected.")


def updated(case: Case, event: Event[EventData]) -> None:
    """A take holds on for clients that are written to; severity and promises are in the copy."""
    if isinstance(event.data, IncidentEvent):
        data = event.data
        case.put(answers.renew(c, event.time) for c in case.active if writes_to(data, c.client_key))


def holding_notice(case: Case, event: Event[EventData]) -> None:
    """Clients are written to, and whoever has it goes on having it."""
    audience_changed(case, event)
    updated(case, event)


def linked(case: Case, event: Event[EventData]) -> None:
    """Part of another outage: that one's chains speak for its clients. Alone again: they start
    again."""
    data = event.data
    if isinstance(data, IncidentLinked) and data.parent_id is not None:
        _stop(case, case.active, f"Part of {data.parent_ref or data.parent_id}.")
    else:
        audience_changed(case, event)


def acknowledged(_case: Case, _event: Event[EventData]) -> None:
    """Steps that wait for it are not due any more, which the copy says; nothing else stops."""


def ended(case: Case, _event: Event[EventData]) -> None:
    """Resolved, cancelled or closed: nobody is called any more."""
    _stop(case, case.active, f"The incident is {case.incident.snapshot.status.value}.")


def reopened(case: Case, event: Event[EventData]) -> None:
    """A new round for every client still affected; who had it before has it again."""
    if not isinstance(event.data, IncidentReopened) or not case.facts.is_open:
        return
    change = membership(case.incident.audience, case.chains)
    arming.begin(case, change.begin, event.data.reopened_at)
    _start_again(case, list(change.again), event)


def _start_again(case: Case, chains: list[Chain], event: Event[EventData]) -> None:
    at = event.data.reopened_at if isinstance(event.data, IncidentReopened) else event.time
    again = [answers.start_again(chain, at) for chain in chains]
    case.put(again)
    case.tell(events.armed(case.scene, [chain for chain in again if chain.take is None]))
    case.tell(taken_event(case, [c], c.take, ()) for c in again if c.take is not None)


def _stop(case: Case, chains: list[Chain], reason: str) -> None:
    if not chains:
        return
    case.put(answers.stop(chain) for chain in chains)
    case.tell(
        [
            EscalationStopped(
                incident=case.incident.snapshot,
                client_keys=tuple(sorted(chain.client_key for chain in chains)),
                at=case.now,
                reason=reason,
            )
        ]
    )


Handle = Callable[[Case, Event[EventData]], None]
HANDLERS: dict[type[EventData], Handle] = {
    IncidentOpened: opened,
    IncidentPublished: audience_changed,
    AudienceChanged: audience_changed,
    HoldingNoticeIssued: holding_notice,
    IncidentLinked: linked,
    IncidentUpdated: updated,
    IncidentChanged: updated,
    IncidentAcknowledged: acknowledged,
    IncidentResolved: ended,
    IncidentCancelled: ended,
    IncidentClosed: ended,
    IncidentReopened: reopened,
}
