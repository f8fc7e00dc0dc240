"""Holds back what a client's plan wants a yes for, and asks the person who gives it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tocsin_contracts.directory import Approval
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import AudienceClient, IncidentSnapshot
from tocsin_contracts.words import DeliveryState, Kind, StaffRole
from tocsin_runtime.ids import uuid7

from dispatcher.approvals import rules, words
from dispatcher.approvals.content import Content, content_of
from dispatcher.approvals.model import Approvals, Asked, Request
from dispatcher.approvals.request import About, request_notice
from dispatcher.directory.view import View, own_plan
from dispatcher.planning.clients import Occasion, Terms
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.limits import promised_by
from dispatcher.planning.model import AFTER_THE_END, Delivery
from dispatcher.planning.notices import History
from dispatcher.planning.staff_notes import NOC, Addressee, cause_of, holder_of, plan_note
from dispatcher.rendering.facts import MaintenanceFacts
from dispatcher.rendering.render import Renderer


@dataclass(frozen=True)
class Desk:
    """What one batch asks with."""

    ledger: Ledger
    approvals: Approvals
    view: View
    terms: Terms
    renderer: Renderer


@dataclass(frozen=True)
class Matter:
    """One event as it concerns one client; ``promised`` is when it was to hear next.

    ``incident`` or ``work`` is what the message speaks of.
    """

    event: Event[Any]
    concerned: AudienceClient
    promised: datetime | None = None
    incident: IncidentSnapshot | None = None
    work: MaintenanceFacts | None = None


def matter_of(occasion: Occasion) -> Matter:
    incident = occasion.event.data.incident
    return Matter(occasion.event, occasion.concerned, occasion.promised, incident)


def waiting_of(ledger: Ledger, incident_id: str, client_key: str) -> set[str]:
    """The approvals that rows of this client wait for."""
    rows = ledger.incident(incident_id).open_of(client_key)
    return {row.approval_id for row in rows if row.approval_id is not None}


def told_we_are_checking(ledger: Ledger, incident_id: str, client_key: str) -> bool:
    """Whether this client got the holding notice of this incident, or is getting it."""
    known = ledger.incident(incident_id)
    if any(row.kind is Kind.HOLDING_NOTICE for row in known.open_of(client_key)):
        return True
    return known.histories.get(client_key, History()).checking


def ask(desk: Desk, matter: Matter, before: Collection[str]) -> None:
    """After this client's rows of an event are planned: hold those that need a yes.

    ``before`` are the approvals its rows waited for until then; those that no row waits for any
    more were replaced by what was just planned.
    """
    key = matter.concerned.client_key
    voided = sorted(set(before) - waiting_of(desk.ledger, matter.event.subject, key))
    plan = own_plan(desk.view, matter.concerned)
    rows = [
        row
        for row in _planned(desk.ledger, matter)
        if rules.needed(plan, row.message.kind, asked_before=bool(voided))
    ]
    terms = plan.approval if plan else None
    if terms is not None and rows:
        _ask(desk, matter, terms, rows, voided)


def hold_behind(desk: Desk, matter: Matter) -> None:
    """What comes after the end waits where something before it waits for a yes."""
    rows = desk.ledger.incident(matter.event.subject).open_of(matter.concerned.client_key)
    before = {
        (row.channel, row.destination): row.approval_id
        for row in rows
        if row.approval_id in desk.approvals.open and not row.siblings
    }
    for delivery in _planned(desk.ledger, matter):
        held_by = before.get((delivery.target.channel, delivery.target.destination))
        pending = delivery.state is DeliveryState.PENDING
        if held_by is not None and pending and delivery.message.kind in AFTER_THE_END:
            asked = desk.approvals.open[held_by]
            desk.ledger.wait_behind(delivery.id, words.waits_behind(asked))


def _planned(ledger: Ledger, matter: Matter) -> list[Delivery]:
    """The new rows of this very event and client that are to go."""
    known = ledger.incident(matter.event.subject)
    return [
        ledger.deliveries[row.id]
        for row in known.open_of(matter.concerned.client_key)
        if row.cause_id == matter.event.id and row.id in ledger.deliveries
    ]


def _ask(
    desk: Desk, matter: Matter, terms: Approval, rows: Sequence[Delivery], voided: Sequence[str]
) -> None:
    kind, key = rows[0].message.kind, matter.concerned.client_key
    promised = _promised(matter, kind, desk.terms.now)
    decide_by = rules.decide_by(terms, promised, desk.terms.now)
    rows = _lasting(desk.ledger, rows, decide_by)
    content = content_of(rows, desk.renderer)
    approver = _approver(desk.view, matter, terms.by)
    checking = told_we_are_checking(desk.ledger, matter.event.subject, key)
    asked = Asked(
        id=uuid7(),
        incident_id=matter.event.subject,
        client_key=key,
        kind=kind,
        cause_id=matter.event.id,
        content_sha256=content.sha256,
        approver=approver.person,
        approver_name=approver.name,
        decide_by=decide_by,
        # What the approver reads is what will be done.
        on_no_answer=rules.without_an_answer(
            terms.on_no_answer, kind, told_we_are_checking=checking
        ),
    )
    desk.approvals.ask(_request(asked, content, rows, voided))
    reason = words.waits(asked, ZoneInfo(desk.view.provider.timezone))
    for row in rows:
        desk.ledger.hold(row.id, asked.id, reason)
    about = About(asked, matter.incident, matter.work, matter.concerned, content, rows, promised)
    notice = request_notice(about, matter.event.time, desk.view)
    plan_note(desk.ledger, desk.view, desk.terms, approver, notice, cause_of(matter.event))


def _lasting(ledger: Ledger, rows: Sequence[Delivery], until: datetime) -> list[Delivery]:
    """``rows`` without the promise that has passed when they go ``until`` then: it would be left
    out on the way, and what is approved is to be what is sent."""
    for message in {row.message.id: row.message for row in rows}.values():
        due = message.notice.next_update_due
        if due is not None and due <= until:
            notice = message.notice.model_copy(update={"next_update_due": None})
            ledger.reword(replace(message, notice=notice))
    return [ledger.deliveries[row.id] for row in rows]


def _promised(matter: Matter, kind: Kind, now: datetime) -> datetime | None:
    """Of planned work nothing is promised; but what announces it is late once it has begun."""
    if matter.work is None:
        concerned = matter.concerned
        return promised_by(kind, concerned, matter.promised) or concerned.next_update_due
    begins = matter.work.window.starts_at
    return begins if begins > now else None


def _request(
    asked: Asked, content: Content, rows: Sequence[Delivery], voided: Sequence[str]
) -> Request:
    return Request(
        asked=asked,
        subject=content.subject,
        body=content.body,
        people=len({row.target.person for row in rows}),
        channels=tuple(dict.fromkeys(row.target.channel for row in rows)),
        voids=voided[-1] if voided else None,
    )


def _approver(view: View, matter: Matter, role: StaffRole) -> Addressee:
    """Whoever holds the role in the client's account team; nobody there: the NOC."""
    client = view.clients.get(matter.concerned.client_key)
    return (holder_of(view, client, role) if client else None) or NOC
