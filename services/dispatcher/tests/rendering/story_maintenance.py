"""The messages about planned work in the running example: a storage part is replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatcher.rendering.facts import MaintenanceFacts
from dispatcher.rendering.notice import Notice
from tocsin_contracts.incident import MaintenanceSnapshot
from tocsin_contracts.words import ImpactLevel, Kind, MaintenanceOutcome, MaintenanceStatus

from services.dispatcher.tests.rendering.cast import ACME, ANN, PROVIDER


def december(clock: str, day: int) -> datetime:
    """A moment of December 2026 in Berlin."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - _CET


_CET = timedelta(hours=1)
STARTS, ENDS = december("22:00", 5), december("01:00", 6)
LATER = {"starts_at": december("22:00", 12), "ends_at": december("01:00", 13)}


def window(**fields: Any) -> MaintenanceSnapshot:
    return MaintenanceSnapshot.model_validate(
        {
            "id": "0193a0aa-0000-7000-8000-000000000318",
            "ref": "MNT-318",
            "sequence": 1,
            "title": "Replace the SAS expander of storage-eu-ctl-02",
            "status": MaintenanceStatus.SCHEDULED,
            "system_keys": ("mail-eu",),
            "starts_at": STARTS,
            "ends_at": ENDS,
            "impact": "Mail EU is unavailable for up to 20 minutes within this time. "
            "Mail sent to you is kept and delivered afterwards.",
            "impact_level": ImpactLevel.DOWN,
            "purpose": "it is one of the steps we promised after 24 November.",
            "preparation": "nothing; please do not plan mailings for that evening.",
            "object_by": december("23:59", 1),
            "remind_hours_before": (24,),
            **fields,
        }
    )


def work(kind: Kind, at: datetime, fields: dict[str, Any], **facts: Any) -> Notice:
    return Notice(
        id="n-1",
        kind=kind,
        at=at,
        provider=PROVIDER,
        client=ACME,
        systems=("Mail EU",),
        account_manager=ANN,
        maintenance=MaintenanceFacts(window=window(**fields), **facts),
    )


def announced() -> Notice:
    return work(Kind.MAINTENANCE_ANNOUNCED, datetime(2026, 11, 27, 9, tzinfo=UTC), {})


def reminder() -> Notice:
    said = {"impact": "Mail EU is unavailable for up to 20 minutes in that time."}
    fields = {**said, "preparation": None}
    at = december("22:00", 4)
    return work(Kind.MAINTENANCE_REMINDER, at, fields, hours_before=24)


def rescheduled() -> Notice:
    return work(
        Kind.MAINTENANCE_RESCHEDULED,
        december("11:00", 2),
        LATER,
        starts_before=STARTS,
        ends_before=ENDS,
        reason="a part arrives later than ordered.",
    )


def cancelled_work() -> Notice:
    return work(
        Kind.MAINTENANCE_CANCELLED,
        december("11:00", 3),
        {"status": MaintenanceStatus.CANCELLED},
        reason="the part passed its test, so the replacement is not needed.",
    )


def started() -> Notice:
    fields = {
        **LATER,
        "status": MaintenanceStatus.IN_PROGRESS,
        "started_at": december("22:00", 12),
        "impact": "Mail EU will be unavailable for up to 20 minutes in that time.",
    }
    return work(Kind.MAINTENANCE_STARTED, december("22:00", 12), fields)


def ended() -> Notice:
    fields = {
        **LATER,
        "status": MaintenanceStatus.COMPLETED,
        "started_at": december("22:00", 12),
        "ended_at": december("23:41", 12),
        "outcome": MaintenanceOutcome.DONE,
    }
    at = december("23:42", 12)
    return work(Kind.MAINTENANCE_ENDED, at, fields, message="The part is replaced.")


def undone() -> Notice:
    made = ended()
    facts = made.maintenance
    assert facts is not None
    changed = facts.window.model_copy(update={"outcome": MaintenanceOutcome.UNDONE})
    message = "The new part did not fit."
    return made.model_copy(
        update={"maintenance": MaintenanceFacts(window=changed, message=message)}
    )


def overrunning() -> Notice:
    fields = {
        "starts_at": december("22:00", 12),
        "ends_at": december("02:30", 13),
        "status": MaintenanceStatus.IN_PROGRESS,
        "overrun": True,
        "started_at": december("22:00", 12),
    }
    at = december("00:50", 13)
    return work(Kind.MAINTENANCE_ENDED, at, fields, ends_before=december("01:00", 13))
