"""The messages to clients in the running example: 24 November 2026, from 09:52 CET on."""

from __future__ import annotations

from dispatcher.rendering.facts import (
    CorrectionFacts,
    DigestItem,
    ReopenedFacts,
    ResolvedFacts,
)
from dispatcher.rendering.notice import Notice
from tocsin_contracts.events import Before
from tocsin_contracts.words import ImpactLevel, Kind, Severity, Status

from services.dispatcher.tests.rendering.cast import cet, incident, notice, update


def initial() -> Notice:
    return notice(
        incident={
            "first_steps": "our storage engineers are checking the failed system and, at the same "
            "time, whether Mail EU can move to backup storage."
        }
    )


def updated() -> Notice:
    return notice(
        Kind.UPDATE,
        at=cet("10:28"),
        next_update_due=cet("11:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("14:00")},
        changed=("status", "eta"),
        before=Before(status=Status.INVESTIGATING),
        update=update(
            "We have found the cause: a storage controller has failed.",
            progress="Mail EU is being moved to backup storage, mailbox by mailbox.",
        ),
    )


def eta_changed() -> Notice:
    return notice(
        Kind.ETA_CHANGE,
        at=cet("11:34"),
        next_update_due=cet("12:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("16:00")},
        changed=("eta",),
        before=Before(eta=cet("14:00")),
        update=update("copying the mailboxes is slower than our first measurement."),
    )


def workaround() -> Notice:
    return notice(
        Kind.WORKAROUND,
        at=cet("12:00"),
        next_update_due=cet("12:30"),
        incident={
            "status": Status.IDENTIFIED,
            "eta": cet("16:00"),
            "workaround": "1. Open https://tempmail.nordlicht.example.\n"
            "2. Sign in with your usual name and password.\n"
            "3. Write and receive as usual.",
        },
        changed=("workaround",),
        update=update(
            "You can send and receive mail again in a temporary mailbox, "
            "from now until Mail EU is back."
        ),
    )


def resolved() -> Notice:
    return notice(
        Kind.RESOLVED,
        at=cet("15:36"),
        next_update_due=None,
        closure_due=cet("18:00", day=26),
        incident={"status": Status.RESOLVED, "resolved_at": cet("15:34")},
        resolved=ResolvedFacts(
            message="Mail kept for you is arriving now; the last of it will be there by 17:00 CET.",
            checks='restart Outlook if it shows "disconnected", '
            "and stop using the temporary mailbox.",
        ),
    )


def cancelled() -> Notice:
    return notice(
        Kind.RESOLVED,
        at=cet("10:05"),
        next_update_due=None,
        incident={"status": Status.CANCELLED},
        cancel_reason="A probe of our monitoring had lost its own connection.",
    )


def reopened() -> Notice:
    return notice(
        Kind.REOPENED,
        at=cet("17:06"),
        next_update_due=cet("17:30"),
        incident={
            "impact": "Reading works, sending fails for some people.",
            "workaround": "Use the temporary mailbox again; its steps are on your status page.",
            "acknowledged_at": cet("17:05"),
        },
        reopened=ReopenedFacts(reopened_at=cet("17:05"), was_resolved_at=cet("15:34")),
    )


def holding() -> Notice:
    return notice(
        Kind.HOLDING_NOTICE,
        at=cet("10:00"),
        next_update_due=cet("10:20"),
        incident={"acknowledged_at": None, "visibility": "internal"},
    )


def no_news() -> Notice:
    return notice(
        Kind.NO_NEWS,
        at=cet("11:00"),
        next_update_due=cet("11:30"),
        last_told_at=cet("10:28"),
        no_news=True,
        incident={"status": Status.IDENTIFIED, "eta": cet("14:00")},
        update=update("The move to backup storage goes on."),
    )


def corrected() -> Notice:
    return notice(
        Kind.CORRECTION,
        at=cet("12:04"),
        next_update_due=cet("12:30"),
        incident={"status": Status.IDENTIFIED, "eta": cet("16:00")},
        correction=CorrectionFacts(
            wrong="Mail sent to you is kept and will be delivered later.",
            told_at=cet("10:28"),
            right="37 messages sent to ACME from 09:52 to 10:05 CET went back to their senders. "
            "Mail since 10:05 CET is kept.",
            action="ask those senders to send again. The list is on your status page.",
        ),
    )


def mistaken() -> Notice:
    return notice(
        Kind.CORRECTION,
        at=cet("10:40"),
        correction=CorrectionFacts(wrong="Mail EU is down.", told_at=cet("10:28"), right=None),
    )


def all_well() -> Notice:
    return notice(
        Kind.RESOLVED,
        at=cet("10:15"),
        next_update_due=None,
        only_holding=True,
        incident={"status": Status.RESOLVED, "resolved_at": cet("10:14")},
        resolved=ResolvedFacts(),
    )


def digest() -> Notice:
    return Notice.model_validate(
        {
            **notice().model_dump(),
            "kind": Kind.DIGEST,
            "at": cet("12:00"),
            "incident": None,
            "systems": (),
            "via": (),
            "next_update_due": cet("12:30"),
            "digest": (
                DigestItem(
                    incident=incident(
                        severity=Severity.SEV4,
                        status=Status.RESOLVED,
                        started_at=cet("10:20"),
                        resolved_at=cet("11:02"),
                    ),
                    systems=("Printing",),
                ),
                DigestItem(
                    incident=incident(
                        severity=Severity.SEV3,
                        impact=None,
                        impact_level=ImpactLevel.DEGRADED,
                        started_at=cet("10:40"),
                    ),
                    systems=("Calendar EU",),
                    next_update_due=cet("12:30"),
                    linked=True,
                ),
                DigestItem(
                    incident=incident(
                        severity=Severity.SEV3,
                        impact="Some files fail to open.",
                        impact_level=ImpactLevel.PARTIAL,
                        started_at=cet("11:15"),
                        eta=cet("13:00"),
                    ),
                    systems=("File share",),
                    linked=True,
                ),
                DigestItem(
                    incident=incident(severity=Severity.SEV2, impact=None, eta=cet("16:00")),
                    systems=("Mail EU",),
                    next_update_due=cet("12:30"),
                    linked=True,
                ),
            ),
        }
    )
