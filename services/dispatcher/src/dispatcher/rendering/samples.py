"""Example messages of every client kind, to try a template on: with everything known, and with as
little as there may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin_contracts.events import Before
from tocsin_contracts.incident import (
    FollowUp,
    IncidentSnapshot,
    IncidentUpdate,
    KeptPromises,
    MaintenanceSnapshot,
    PreventionItem,
)
from tocsin_contracts.words import (
    ImpactLevel,
    Kind,
    MaintenanceOutcome,
    MaintenanceStatus,
    QuestionSource,
    Severity,
    Status,
    Visibility,
)

from dispatcher.rendering.facts import (
    ClientFacts,
    ClosureFacts,
    CorrectionFacts,
    DigestItem,
    MaintenanceFacts,
    MeetingFacts,
    Named,
    ProviderFacts,
    QuestionFacts,
    ReopenedFacts,
    ResolvedFacts,
    ReviewFacts,
)
from dispatcher.rendering.notice import Notice

START = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
SOON = START + timedelta(hours=1)
LATER = START + timedelta(hours=5)
Facts = Callable[[bool], dict[str, Any]]
"""The fields that a kind needs; all that it may have where the argument is true."""


def samples(kind: Kind) -> tuple[Notice, Notice]:
    """A message of a client's ``kind`` with everything, and one with as little as may be."""
    return _sample(kind, whole=True), _sample(kind, whole=False)


def _sample(kind: Kind, *, whole: bool) -> Notice:
    alone = kind.of_maintenance or kind.of_no_outage
    about = {} if alone else {"incident": _incident(kind, whole=whole)}
    return Notice.model_validate(
        {
            "id": f"sample-{kind.value}-{whole}",
            "kind": kind,
            "at": SOON,
            "provider": ProviderFacts(name="Nordlicht IT", timezone="Europe/Berlin"),
            "client": ClientFacts(key="acme", name="ACME GmbH", timezone="Europe/Berlin"),
            "systems": ("Mail EU", "Calendar EU") if whole else ("Mail EU",),
            **about,
            **(_known() if whole else {}),
            **FACTS.get(kind, _nothing)(whole),
        }
    )


def _known() -> dict[str, Any]:
    return {
        "via": ("Storage EU",),
        "next_update_due": SOON,
        "closure_due": LATER,
        "has_closure": True,
        "first_told_at": START,
        "last_told_at": START,
        "account_manager": Named(name="Ann Weiss", phone="+49 30 23125 142"),
        "new_systems": ("Calendar EU",),
        "late_promise": SOON,
    }


def _incident(kind: Kind, *, whole: bool) -> IncidentSnapshot:
    rich = {
        "impact": "You cannot send, receive or read mail.",
        "impact_level": ImpactLevel.DOWN,
        "first_steps": "Our engineers are checking the failed system.",
        "eta": LATER,
        "workaround": "Use the temporary mailbox.",
        "acknowledged_at": START,
    }
    over = {Kind.RESOLVED: Status.RESOLVED, Kind.CLOSURE: Status.CLOSED}
    values: dict[str, Any] = {
        "id": "sample",
        "ref": "INC-2041",
        "sequence": 1,
        "title": "Mail EU is down",
        "severity": Severity.SEV1,
        "status": over.get(kind, Status.INVESTIGATING),
        "visibility": Visibility.PUBLISHED,
        "routed": True,
        "started_at": START,
        "known_at": START,
        **(rich if whole else {}),
    }
    return IncidentSnapshot.model_validate(values)


def _nothing(_: bool) -> dict[str, Any]:
    return {}


def _update(whole: bool) -> dict[str, Any]:
    said = IncidentUpdate(
        id="sample",
        message="We have found the cause.",
        progress="Mail EU is being moved to backup storage." if whole else None,
        watch_until=LATER if whole else None,
        occurred_at=SOON,
    )
    before = Before(eta=SOON, severity=Severity.SEV2) if whole else Before()
    return {
        "update": said if whole else None,
        "changed": ("eta", "severity") if whole else (),
        "before": before,
    }


def _correction(whole: bool) -> dict[str, Any]:
    return {
        "correction": CorrectionFacts(
            wrong="Mail is kept.",
            told_at=SOON,
            right="37 messages went back." if whole else None,
            action="Ask the senders to send again." if whole else None,
        )
    }


def _resolved(whole: bool) -> dict[str, Any]:
    facts = ResolvedFacts(message="Mail is arriving now.", checks="Restart Outlook.")
    return {"resolved": facts if whole else ResolvedFacts()}


def _closure(whole: bool) -> dict[str, Any]:
    item = PreventionItem(what="Take-over tested every month", who="Eva Lang", due="2026-12-01")
    meeting = FollowUp(
        starts_at=LATER + timedelta(days=5),
        duration_minutes=30,
        location="by video",
        organizer_email="ann@nordlicht.example",
    )
    facts = ClosureFacts(
        root_cause="A storage controller failed.",
        steps_taken="Moved all mailboxes.",
        prevention=(item,) if whole else "Take-over is tested.",
        extra="We thank your team for the tests." if whole else None,
        follow_up=meeting if whole else None,
        promises=KeptPromises(updates_promised=11, updates_kept=10) if whole else None,
    )
    moved = MeetingFacts(now=meeting, before=meeting, reason="You asked for it.")
    return {"closure": facts, "meeting": moved if whole else None}


def _review(whole: bool) -> dict[str, Any]:
    items = (PreventionItem(what="Failed controller replaced", due="5 December"),)
    facts = ReviewFacts(summary="A controller failed.", open_items=items, items=3)
    return {"review": facts if whole else ReviewFacts()}


def _reopened(whole: bool) -> dict[str, Any]:
    said = "Reading works." if whole else None
    return {"reopened": ReopenedFacts(reopened_at=LATER, was_resolved_at=SOON, message=said)}


def _digest(whole: bool) -> dict[str, Any]:
    item = DigestItem(
        incident=_incident(Kind.INITIAL, whole=whole),
        systems=("Mail EU",) if whole else (),
        next_update_due=SOON if whole else None,
        linked=whole,
    )
    return {"incident": None, "digest": (item, item) if whole else (item,)}


def _question(whole: bool) -> dict[str, Any]:
    whole_facts: dict[str, Any] = {
        "asker": "Jo Frei",
        "asker_role": "it_lead",
        "client": "ACME GmbH",
        "answer_by": LATER,
        "told_at": SOON,
        "told": "Mail EU is down.",
        "answered_by": "Ann Weiss",
        "subject": "Archive",
    }
    facts = QuestionFacts(
        text="Is archived mail safe?",
        asked_at=SOON,
        channel=QuestionSource.SMS,
        answer="Yes.",
        **(whole_facts if whole else {}),
    )
    return {"question": facts}


def _maintenance(whole: bool) -> dict[str, Any]:
    rich: dict[str, Any] = {
        "impact": "Mail EU is unavailable for up to 20 minutes.",
        "impact_level": ImpactLevel.DOWN,
        "purpose": "It is a step we promised.",
        "preparation": "Plan no mailings.",
        "object_by": LATER,
        "started_at": LATER,
        "ended_at": LATER + timedelta(hours=1),
        "outcome": MaintenanceOutcome.DONE,
    }
    window = MaintenanceSnapshot(
        id="sample",
        ref="MNT-318",
        sequence=1,
        title="Storage",
        status=MaintenanceStatus.SCHEDULED,
        starts_at=LATER + timedelta(days=10),
        ends_at=LATER + timedelta(days=10, hours=3),
        **(rich if whole else {}),
    )
    more: dict[str, Any] = {
        "starts_before": LATER + timedelta(days=3),
        "ends_before": LATER + timedelta(days=3, hours=3),
        "reason": "A part arrives later.",
        "message": "The part is replaced.",
        "hours_before": 24.0,
    }
    return {"maintenance": MaintenanceFacts(window=window, **(more if whole else {}))}


FACTS: dict[Kind, Facts] = {
    **{kind: _maintenance for kind in Kind if kind.of_maintenance},
    Kind.UPDATE: _update,
    Kind.NO_NEWS: _update,
    Kind.ETA_CHANGE: _update,
    Kind.WORKAROUND: _update,
    Kind.CORRECTION: _correction,
    Kind.RESOLVED: _resolved,
    Kind.CLOSURE: _closure,
    Kind.REVIEW: _review,
    Kind.REOPENED: _reopened,
    Kind.DIGEST: _digest,
    Kind.AUTO_ANSWER: _question,
    Kind.ANSWERED: _question,
}
