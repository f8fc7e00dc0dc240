"""Kinds that follow from no call of a person: an example of each, made of the outage at hand.

Clocks, answers and colleagues bring them about; who they would be is the account team as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client
from tocsin_contracts.incident import AudienceClient, IncidentSnapshot
from tocsin_contracts.staff import StaffMember
from tocsin_contracts.words import Channel, Kind, Promise, StaffRole

from dispatcher.directory.view import View
from dispatcher.planning.clients import entry_of
from dispatcher.planning.staff_notes import AT_ONCE

ANSWER_WITHIN = timedelta(minutes=10)


class About:
    """The outage, and the people who would be in it. ``manager`` and ``deputy`` are those of the
    first client that has one."""

    def __init__(
        self,
        view: View,
        incident: IncidentSnapshot,
        clients: Sequence[AudienceClient],
        *,
        now: datetime,
        channels: Collection[Channel],
    ) -> None:
        dues = [one.next_update_due for one in clients if one.next_update_due]
        self.now = now
        self.incident = incident
        self.clients = clients
        self.keys = tuple(one.client_key for one in clients)
        self.channels = tuple(c for c in AT_ONCE if c in channels) or (Channel.EMAIL,)
        self.due_at = min(dues, default=now)
        self._view = view

    def called(self, *roles: StaffRole) -> tuple[e.Called, ...]:
        """Each client's holders of ``roles``, each person once."""
        people = {
            member.key: e.Called(person=member.key, name=member.name, role=role)
            for client in self._known_clients()
            for role in roles
            if (member := holder(self._view, client, role)) is not None
        }
        return tuple(people.values())

    def every_minutes(self, concerned: AudienceClient) -> int:
        return int(entry_of(self._view, concerned).update_every_minutes)

    def next(self) -> e.NextCall | None:
        deputies = self.called(StaffRole.DEPUTY)
        return e.NextCall(name=deputies[0].name, at=self.now + ANSWER_WITHIN) if deputies else None

    def _known_clients(self) -> list[Client]:
        return [self._view.clients[key] for key in self.keys if key in self._view.clients]


def holder(view: View, client: Client, role: StaffRole) -> StaffMember | None:
    team = view.teams.get(client.account_team or "")
    return team.members.get(role) if team else None


def _step_fired(about: About) -> e.StepFired:
    return e.StepFired(
        incident=about.incident,
        client_keys=about.keys,
        at=about.now,
        kind=Kind.ESCALATION,
        policy_key="preview",
        step=0,
        call=0,
        trigger="unresolved",
        reason=f"{about.incident.severity.words}, and nobody speaks for us with them yet",
        notify=about.called(StaffRole.ACCOUNT_MANAGER),
        channels=about.channels,
        next=about.next(),
        due_at=about.now,
    )


def _taken(about: About) -> e.EscalationTaken | None:
    managers = about.called(StaffRole.ACCOUNT_MANAGER)
    if not managers:
        return None
    return e.EscalationTaken(
        incident=about.incident,
        client_keys=about.keys,
        at=about.now,
        kind=Kind.ESCALATION_TAKEN,
        person=managers[0].person,
        person_name=managers[0].name,
        expires_at=about.now + timedelta(minutes=30),
        told=about.called(StaffRole.DEPUTY),
    )


def _handed_over(about: About) -> e.EscalationHandedOver | None:
    managers, deputies = about.called(StaffRole.ACCOUNT_MANAGER), about.called(StaffRole.DEPUTY)
    if not managers or not deputies:
        return None
    return e.EscalationHandedOver(
        incident=about.incident,
        client_keys=about.keys,
        at=about.now,
        kind=Kind.ESCALATION_HANDED_OVER,
        person=managers[0].person,
        person_name=managers[0].name,
        to=deputies[0],
        expires_at=about.now + timedelta(minutes=30),
    )


def _exhausted(about: About) -> e.EscalationExhausted:
    roles = (StaffRole.ACCOUNT_MANAGER, StaffRole.DEPUTY, StaffRole.ESCALATION_MANAGER)
    return e.EscalationExhausted(
        incident=about.incident,
        client_keys=about.keys,
        at=about.now,
        kind=Kind.ESCALATION_EXHAUSTED,
        tried=tuple(
            e.TriedCall(name=one.name, channels=about.channels, at=about.now)
            for one in about.called(*roles)
        ),
    )


def _overdue(about: About) -> e.UpdateOverdue:
    return e.UpdateOverdue(
        incident=about.incident,
        client_keys=about.keys,
        at=about.now,
        kind=Kind.UPDATE_OVERDUE,
        due_at=about.due_at,
        notify=about.called(StaffRole.ACCOUNT_MANAGER),
    )


def _at_risk(about: About) -> e.PromiseAtRisk:
    return e.PromiseAtRisk.model_validate(_promise(about, Kind.SLA_AT_RISK))


def _breached(about: About) -> e.PromiseBreached:
    reason = "nobody was reached by then"
    facts = _promise(about, Kind.SLA_BREACHED) | {"reason": reason}
    return e.PromiseBreached.model_validate(facts)


def _promise(about: About, kind: Kind) -> dict[str, object]:
    first = about.clients[0]
    return {
        "incident": about.incident,
        "client_keys": (first.client_key,),
        "at": about.now,
        "kind": kind,
        "promise": Promise.UPDATE,
        "due_at": first.next_update_due or about.now,
        "every_minutes": about.every_minutes(first),
        "notify": about.called(StaffRole.ACCOUNT_MANAGER),
    }


def _closed(about: About) -> e.IncidentClosed:
    """Of which only the question that follows is looked at."""
    return e.IncidentClosed(
        incident=about.incident,
        audience_version=0,
        actor="preview",
        kind=Kind.CLOSURE,
        root_cause="",
        steps_taken="",
        prevention="",
    )


def specimen(kind: Kind, about: About) -> e.EscalationEvent | e.IncidentEvent | None:
    """The event behind a message of ``kind``; ``None``: nobody would be there to hear of it."""
    make = _EVENTS.get(kind)
    return make(about) if make is not None and about.clients else None


_EVENTS: dict[Kind, Callable[[About], e.EscalationEvent | e.IncidentEvent | None]] = {
    Kind.FEEDBACK_REQUEST: _closed,
    Kind.ESCALATION: _step_fired,
    Kind.ESCALATION_TAKEN: _taken,
    Kind.ESCALATION_HANDED_OVER: _handed_over,
    Kind.ESCALATION_EXHAUSTED: _exhausted,
    Kind.UPDATE_OVERDUE: _overdue,
    Kind.SLA_AT_RISK: _at_risk,
    Kind.SLA_BREACHED: _breached,
}
