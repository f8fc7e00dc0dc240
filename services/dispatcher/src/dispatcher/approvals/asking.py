"""Holds back what a client's plan wants a yes for, and asks the person who gives it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tocsin_contracts.directory import Approval
from tocsin_contracts.words import StaffRole
from tocsin_runtime.ids import uuid7

from dispatcher.approvals import request, rules, words
from dispatcher.approvals.content import Content, content_of
from dispatcher.approvals.model import Approvals, Asked, Request
from dispatcher.directory.view import View, own_plan
from dispatcher.planning.clients import Occasion, Terms
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery
from dispatcher.planning.staff_notes import NOC, Addressee, cause_of, holder_of, plan_note
from dispatcher.rendering.render import Renderer


@dataclass(frozen=True)
class Desk:
    """What one batch asks with."""

    ledger: Ledger
    approvals: Approvals
    view: View
    terms: Terms
    renderer: Renderer


def waiting_of(ledger: Ledger, incident_id: str, client_key: str) -> set[str]:
    """The approvals that rows of this client wait for."""
    rows = ledger.incident(incident_id).open_of(client_key)
    return {row.approval_id for row in rows if row.approval_id is not None}


def ask(desk: Desk, occasion: Occasion, before: Collection[str]) -> None:
    """After this client's rows of an event are planned: hold those that need a yes.

    ``before`` are the approvals its rows waited for until then; those that no row waits for any
    more were replaced by what was just planned.
    """
    incident_id, key = occasion.event.data.incident.id, occasion.concerned.client_key
    voided = sorted(set(before) - waiting_of(desk.ledger, incident_id, key))
    plan = own_plan(desk.view, occasion.concerned)
    rows = [
        row
        for row in _planned(desk.ledger, occasion)
        if rules.needed(plan, row.message.kind, asked_before=bool(voided))
    ]
    terms = plan.approval if plan else None
    if terms is not None and rows:
        _ask(desk, occasion, terms, rows, voided)


def _planned(ledger: Ledger, occasion: Occasion) -> list[Delivery]:
    """The new rows of this very event and client that are to go."""
    known = ledger.incident(occasion.event.data.incident.id)
    return [
        ledger.deliveries[row.id]
        for row in known.open_of(occasion.concerned.client_key)
        if row.cause_id == occasion.event.id and row.id in ledger.deliveries
    ]


def _ask(
    desk: Desk,
    occasion: Occasion,
    terms: Approval,
    rows: Sequence[Delivery],
    voided: Sequence[str],
) -> None:
    content = content_of(rows, desk.renderer)
    approver = _approver(desk.view, occasion, terms.by)
    promised = rules.promised(rows[0].message.kind, occasion.concerned, occasion.promised)
    asked = Asked(
        id=uuid7(),
        incident_id=occasion.event.data.incident.id,
        client_key=occasion.concerned.client_key,
        kind=rows[0].message.kind,
        cause_id=occasion.event.id,
        content_sha256=content.sha256,
        approver=approver.person,
        approver_name=approver.name,
        decide_by=rules.decide_by(terms, promised, desk.terms.now),
        on_no_answer=terms.on_no_answer,
    )
    desk.approvals.ask(_request(asked, content, rows, voided))
    reason = words.waits(asked, ZoneInfo(desk.view.provider.timezone))
    for row in rows:
        desk.ledger.hold(row.id, asked.id, reason)
    event, incident = occasion.event, occasion.event.data.incident
    about = request.About(asked, incident, occasion.concerned, content, rows, promised)
    notice = request.request_notice(about, event.time, desk.view)
    plan_note(desk.ledger, desk.view, desk.terms, approver, notice, cause_of(event))


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


def _approver(view: View, occasion: Occasion, role: StaffRole) -> Addressee:
    """Whoever holds the role in the client's account team; nobody there: the NOC."""
    client = view.clients.get(occasion.concerned.client_key)
    return (holder_of(view, client, role) if client else None) or NOC
