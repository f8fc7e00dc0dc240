"""One client's part of an event of planned work: its people, its notice, its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin_contracts.directory import Client, CommunicationPlan
from tocsin_contracts.envelope import Event
from tocsin_contracts.events import MaintenanceEvent
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Kind
from tocsin_runtime.ids import uuid7

from dispatcher.directory.view import View, own_plan
from dispatcher.planning.clients import (
    STALE,
    Group,
    Terms,
    by_text,
    entry_of,
    is_stale,
    unknown_client,
)
from dispatcher.planning.ledger import IncidentLedger, Ledger
from dispatcher.planning.maintenance_notice import maintenance_notice
from dispatcher.planning.maintenance_rules import (
    as_first_word,
    carry,
    nothing_to_say,
    replaced_by,
    rules_for,
)
from dispatcher.planning.making import PLANNED_WORK, Making
from dispatcher.planning.model import Target, message_of
from dispatcher.planning.rules import client_targets
from dispatcher.rendering.notice import Notice


@dataclass(frozen=True)
class Work:
    """One event of a window as it concerns one client."""

    event: Event[MaintenanceEvent]
    kind: Kind
    concerned: AudienceClient


def plan_work(ledger: Ledger, view: View, terms: Terms, work: Work) -> None:
    """Add this client's rows to ``ledger``, and take out those they replace."""
    client = view.clients.get(work.concerned.client_key)
    plan = own_plan(view, work.concerned) if client else None
    stale = STALE if is_stale(work.event.time, terms) else None
    making = Making(
        work.concerned,
        plan,
        zone=client.timezone if client else "UTC",
        now=terms.now,
        instead=stale,
    )
    notice = maintenance_notice(uuid7(), work.event, work.kind, work.concerned, client, view)
    if client is None:
        making.tell(
            message_of(notice, work.event, work.concerned.client_key),
            [unknown_client(work.concerned)],
        )
    else:
        _tell(ledger, view, terms, work, client, plan, notice, making)
    ledger.add(making.rows())


def _tell(
    ledger: Ledger,
    view: View,
    terms: Terms,
    work: Work,
    client: Client,
    plan: CommunicationPlan | None,
    notice: Notice,
    making: Making,
) -> None:
    window_id = work.event.data.window.id
    known = ledger.incident(window_id)
    targets = client_targets(
        view,
        client,
        rules_for(plan, entry_of(view, work.concerned), work.kind),
        severity=PLANNED_WORK,
        told=known.told_of(client.key),
        channels=terms.channels,
        because=work.concerned.because,
    )
    pending = [] if making.instead else replaced_by(work.kind, known.open_of(client.key))
    newcomers = known.newcomers(client.key, targets, pending)
    for group in by_text([t for t in targets if not t.instead_of], pending, newcomers):
        said = _said(group, notice, known)
        ledger.supersede(window_id, group.rows, f"replaced by a newer {said.kind.value}")
        making.tell(
            message_of(said, work.event, client.key),
            _wanted(group.targets, nothing_to_say(said, first=group.first)),
        )
    making.stand_in([target for target in targets if target.instead_of])


def _said(group: Group, notice: Notice, known: IncidentLedger) -> Notice:
    messages = dict.fromkeys(row.message_id for row in group.rows)
    missed = [known.notices[message] for message in messages if message in known.notices]
    said = as_first_word(notice) if group.first else carry(missed, notice)
    return said if said is notice else said.model_copy(update={"id": uuid7()})


def _wanted(targets: Sequence[Target], nothing: str | None) -> list[Target]:
    if nothing is None:
        return list(targets)
    return [replace(target, skip=target.skip or nothing) for target in targets]
