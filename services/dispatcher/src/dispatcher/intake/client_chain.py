"""A client's own escalation: its contacts hear of the outage as it stands, one after another."""

from __future__ import annotations

from typing import cast

import structlog
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Kind, Visibility

from dispatcher.approvals.asking import ask, matter_of, waiting_of
from dispatcher.gating.model import Step
from dispatcher.gating.moot import step_is_moot
from dispatcher.intake.batch import Batch
from dispatcher.intake.knowledge import knowledge_of
from dispatcher.intake.known import Known
from dispatcher.intake.lanes import CHAIN_LANE
from dispatcher.planning.client_steps import plan_call
from dispatcher.planning.clients import Occasion, is_stale
from dispatcher.planning.staff import of_policy

log = structlog.get_logger()
Fired = Event[e.StepFired]
UNPUBLISHED = "nobody has published the incident"


def is_one(event: Event[EventData]) -> bool:
    return isinstance(event.data, e.StepFired) and event.data.chain is ChainKind.CLIENT


def fired(batch: Batch, event: Event[EventData], *, as_it_is: bool = False) -> None:
    """It waits for the incident it speaks of, which may come after it; ``as_it_is``: no more."""
    step = cast(Fired, event)
    if _is_known(batch, event) or as_it_is or is_stale(event.time, batch.terms):
        for key in step.data.client_keys:
            _tell(batch, step, key)
    else:
        batch.park(event, CHAIN_LANE, batch.view.revision + 1)


def released(batch: Batch, event: Event[EventData], client_key: str, *, by_hand: bool) -> None:
    """What waited for this client's directory; ``by_hand``: with the directory as it is."""
    _tell(batch, cast(Fired, event), client_key, by_hand=by_hand)


def _is_known(batch: Batch, event: Event[EventData]) -> bool:
    known = batch.known.get(event.subject)
    return known is not None and known.audience is not None


def _tell(batch: Batch, event: Fired, key: str, *, by_hand: bool = False) -> None:
    known = batch.known.get(event.subject)
    client = known.client(key) if known else None
    if known is None or client is None:
        log.warning("not called: no longer concerned", incident=event.subject, client=key)
        return
    needs = batch.view.needed_revision(key, client.client_revision)
    behind = needs > batch.view.revision and not by_hand
    if (behind or batch.waits(event.subject, key)) and not is_stale(event.time, batch.terms):
        batch.park(event, key, needs)
        return
    _plan(batch, event, known, client)


def _plan(batch: Batch, event: Fired, known: Known, client: AudienceClient) -> None:
    """As for a client that joins now, and to those alone whom the step calls."""
    key = client.client_key
    joining = _joining(event, known, client)
    kind = _words_for(joining.data.incident)
    occasion = Occasion(joining, kind, client, promised=None)
    step = _step(event.data, key)
    asked = waiting_of(batch.ledger, event.subject, key)
    moot = _moot(batch, event, occasion.event.data.incident, step)
    plan_call(batch.ledger, batch.view, batch.terms, occasion, event.data, step, moot)
    ask(batch.desk, matter_of(occasion), asked)


def _words_for(incident: IncidentSnapshot) -> Kind:
    """Until somebody publishes it, no more is said than that we are checking."""
    published = incident.visibility is Visibility.PUBLISHED
    return Kind.INITIAL if published else Kind.HOLDING_NOTICE


def _moot(batch: Batch, event: Fired, incident: IncidentSnapshot, step: Step) -> str | None:
    if _words_for(incident) is Kind.HOLDING_NOTICE and incident.holding_notice_at is None:
        return UNPUBLISHED
    return step_is_moot(step, knowledge_of(batch, event))


def _step(data: e.StepFired, key: str) -> Step:
    return of_policy(Step(data.incident.sequence, data.trigger, (key,), data.at), data)


def _joining(event: Fired, known: Known, client: AudienceClient) -> Event[e.IncidentEvent]:
    """The newest state that is known, here or where the step was decided."""
    newest = max(known.snapshot, event.data.incident, key=lambda one: one.sequence)
    audience = known.audience or Audience(version=0, clients=(client,))
    data = e.AudienceChanged(
        incident=newest,
        audience_version=audience.version,
        actor="escalation",
        kind=Kind.INITIAL,
        audience=audience,
        added=(client.client_key,),
    )
    return cast(Event[e.IncidentEvent], event.model_copy(update={"data": data}))
