"""What an event means for the promises to an incident's clients."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_contracts.directory import CommunicationPlan
from tocsin_contracts.envelope import Event
from tocsin_contracts.events import ContactMade, IncidentEvent
from tocsin_contracts.incident import AudienceClient

from escalation.cases.case import Case
from escalation.policies.timing import minutes
from escalation.promises.making import Heard, contacted, heard
from escalation.promises.state import Cadence


def incident_heard(case: Case, event: Event[IncidentEvent]) -> None:
    """Words given, made and ended by the event."""
    audience, plans = case.incident.audience, case.directory.plans
    cadences = {
        client.client_key: cadence
        for client in audience
        if (cadence := cadence_of(client, plans)) is not None
    }
    case.promise(heard(case.pledges.values(), Heard(event, audience, cadences)))


def cadence_of(client: AudienceClient, plans: Mapping[str, CommunicationPlan]) -> Cadence | None:
    """``None`` where the plan, or its entry, is not known here (any more).

    Hours are those of the client's own plan, also where another plan's entry stands in.
    """
    plan = plans.get(client.plan_key)
    entry = plan.severities.get(client.severity_entry) if plan else None
    own = plans.get(client.own_plan_key or client.plan_key)
    if entry is None or own is None:
        return None
    return Cadence(minutes(entry.update_every_minutes), always=own.service_hours is None)


def contact_made(case: Case, data: ContactMade) -> None:
    """A person rang the client, which may have been noted after the promise was called broken."""
    owed = [p for p in case.pledges.values() if p.client_key == data.client_key and p.live]
    known = {pledge.key: pledge for pledge in owed}
    for pledge in case.broken:
        known.setdefault(pledge.key, pledge)
    case.promise(contacted(known.values(), data.client_key, data.at))
