"""What the approver reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.incident import AudienceClient, IncidentSnapshot
from tocsin_contracts.words import Kind, OnNoAnswer, StaffRole
from tocsin_runtime.ids import uuid7

from dispatcher.approvals.content import Content
from dispatcher.approvals.model import Asked
from dispatcher.directory.view import View
from dispatcher.planning.model import Delivery
from dispatcher.planning.notices import provider_facts
from dispatcher.planning.staff_notes import holder_of
from dispatcher.rendering.facts import ApprovalFacts, MaintenanceFacts
from dispatcher.rendering.notice import Notice


@dataclass(frozen=True)
class About:
    """Everything a request speaks of: an ``incident``, or planned ``work``. ``promised``: by when
    the client was promised the message."""

    asked: Asked
    incident: IncidentSnapshot | None
    work: MaintenanceFacts | None
    concerned: AudienceClient
    content: Content
    rows: Sequence[Delivery]
    promised: datetime | None


def request_notice(about: About, at: datetime, view: View) -> Notice:
    return Notice(
        id=uuid7(),
        kind=Kind.APPROVAL_REQUEST,
        at=at,
        incident=about.incident,
        maintenance=about.work,
        provider=provider_facts(view),
        systems=tuple(view.system_name(key) for key in about.concerned.systems),
        approval=approval_facts(about, view),
    )


def approval_facts(about: About, view: View) -> ApprovalFacts:
    asked = about.asked
    names = [row.target.person_name for row in about.rows]
    return ApprovalFacts(
        id=asked.id,
        of=asked.kind,
        client=client_name(view, asked.client_key),
        subject=about.content.subject,
        text=about.content.body,
        people=tuple(dict.fromkeys(names)),
        channels=tuple(dict.fromkeys(row.target.channel for row in about.rows)),
        decide_by=asked.decide_by,
        on_no_answer=asked.on_no_answer,
        promised=about.promised,
        if_no_answer=_called(view, asked),
    )


def client_name(view: View, client_key: str) -> str:
    client = view.clients.get(client_key)
    return client.short_name if client else client_key


def _called(view: View, asked: Asked) -> str | None:
    client = view.clients.get(asked.client_key)
    if asked.on_no_answer is not OnNoAnswer.ALERT or client is None:
        return None
    manager = holder_of(view, client, StaffRole.ESCALATION_MANAGER)
    return manager.name if manager else None
