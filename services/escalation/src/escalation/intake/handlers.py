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
from tocsin_contracts.policies import ChainKind

from escalation.cases import arming
from escalation.cases.case import Case
from escalation.cases.confirming import confirmed_before
from escalation.cases.membership import membership
from escalation.incidents.rules import writes_to
from escalation.intake.answers import taken_event
from escalation.intake.promises import incident_heard
from escalation.policies import answers, events
from escalation.policies.messages import grouped
from escalation.policies.state import Chain


def opened(case: Case, event: Event[EventData]) -> None:
    """The account chain runs from here, whether clients are told or not; the client's own once it
    is. What is part of another outage from the start is that one's matter."""
    if not case.facts.is_open:
        return
    arming.begin(case, case.incident.audience, case.incident.snapshot.known_at)
    arming.confirmations(case, event.time)


def audience_changed(case: Case, event: Event[EventData]) -> None:
    """Those who joined are stood for from now on, those who left are not any more."""
    if not case.facts.is_open:
        return
    change = membership(case.incident.audience, case.chains, _noticed(case, event))
    arming.begin(case, change.begin, event.time)
    arming.confirmations(case, event.time)
    _start_again(case, list(change.again), event)
    _stop(case, list(change.end), "No longer affected.")


def updated(case: Case, event: Event[EventData]) -> None:
    """A take holds on for clients that are written to; severity and promises are in the copy."""
    if isinstance(event.data, IncidentEvent):
        data = event.data
        held = [c for c in case.active if c.take is not None]
        case.put(answers.renew(c, event.time) for c in held if writes_to(data, c.client_key))


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
    """A new round for every client still affected; who had it before has it again. What a client
    had confirmed is to be confirmed again once it is told."""
    if not isinstance(event.data, IncidentReopened) or not case.facts.is_open:
        return
    change = membership(case.incident.audience, case.chains)
    arming.begin(case, change.begin, event.data.reopened_at)
    arming.confirmations(case, event.data.reopened_at)
    _start_again(case, [*change.again, *_to_confirm_again(case, event)], event)


def _noticed(case: Case, event: Event[EventData]) -> set[str]:
    """The clients for which the event makes a message."""
    if not isinstance(event.data, IncidentEvent):
        return set()
    data = event.data
    keys = (client.client_key for client in case.incident.audience)
    return {key for key in keys if writes_to(data, key)}


def _to_confirm_again(case: Case, event: Event[EventData]) -> list[Chain]:
    noticed = _noticed(case, event)
    chains = case.chains.values()
    over = [c for c in chains if c.kind is ChainKind.CLIENT and not c.active]
    return [c for c in over if c.client_key in noticed]


def _start_again(case: Case, chains: list[Chain], event: Event[EventData]) -> None:
    at = event.data.reopened_at if isinstance(event.data, IncidentReopened) else event.time
    again = [answers.start_again(chain, at) for chain in chains]
    case.put(again)
    case.tell(events.armed(case.scene, [chain for chain in again if chain.take is None]))
    case.tell(taken_event(case, [c], c.take, ()) for c in again if c.take is not None)
    confirmed_before(case, again)


def _stop(case: Case, chains: list[Chain], reason: str) -> None:
    case.put(answers.stop(chain) for chain in chains)
    case.tell(
        EscalationStopped(
            incident=case.incident.snapshot,
            chain=group[0].kind,
            client_keys=tuple(sorted(chain.client_key for chain in group)),
            at=case.now,
            reason=reason,
        )
        for group in grouped(chains, lambda chain: chain.kind)
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


def incident_told(case: Case, event: Event[IncidentEvent]) -> None:
    """Everything that an incident's event means for its case, which holds the copy after it."""
    incident_heard(case, event)
    handle = HANDLERS.get(type(event.data))
    if handle is not None:
        handle(case, event)
