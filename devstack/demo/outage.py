"""The sample outage: the alert as Alertmanager sends it, and the NOC's own words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FOUND = "We have found the cause: a power supply in our Frankfurt storage has failed"
PROGRESS = "A technician is in the building and is replacing it."
LONGER = "The replacement part fits, but the storage checks its data before it opens"
QUESTION = "Sind unsere alten Mails noch da?"
ANSWER = "Ja, alle. Sie liegen auf einem anderen Speicher."
SOLVED = "The power supply is replaced and every service was tested"
ROOT_CAUSE = "A power supply failed while its twin was being serviced"
STEPS_TAKEN = "We replaced both power supplies and checked the data of every service."
PREVENTION = [
    {"what": "Service work on a power supply waits for a quiet hour", "who": "Storage team"},
    {"what": "Both power supplies replaced by newer ones", "who": "Eva Lang", "due": "2026-12-05"},
]
IN_ONE_SENTENCE = "Two power supplies of one storage were out at once; both are new now"
PURPOSE = "It is one of the steps we promised after the outage"


UNNOTICED = timedelta(minutes=7)
"""The tool waited so long before it called, which is what promises are not counted from."""


def away(now: datetime) -> dict[str, Any]:
    """Priya is on leave, and Owen stands in for her."""
    return {
        "person": "priya@nordwind.example",
        "from": (now - timedelta(days=1)).isoformat(),
        "to": (now + timedelta(days=6)).isoformat(),
        "stand_in": "owen@nordwind.example",
    }


def at_night(now: datetime) -> dict[str, Any]:
    """What if it happened on Sunday at two in the morning, and nobody acknowledged?"""
    local = now.astimezone(ZoneInfo("Europe/Berlin"))
    sunday = local + timedelta(days=(6 - local.weekday()) % 7 or 7)
    night = sunday.replace(hour=2, minute=0, second=0, microsecond=0)
    return {"severity": "sev1", "system_keys": ["storage-eu"], "started_at": night.isoformat()}


def alert(began: datetime) -> dict[str, Any]:
    """Version 4 of Alertmanager's webhook, as its documentation shows it."""
    labels = {"alertname": "StorageDown", "severity": "critical", "system": "storage-eu"}
    annotations = {"summary": "Storage EU is down", "description": "No path to any volume."}
    return {
        "version": "4",
        "groupKey": '{}:{alertname="StorageDown"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tocsin",
        "groupLabels": {"alertname": "StorageDown"},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "http://alertmanager.nordwind.example",
        "alerts": [
            {
                "status": "firing",
                "labels": labels,
                "annotations": annotations,
                "startsAt": began.isoformat(),
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.nordwind.example/graph",
                "fingerprint": "9a3f5c1b7d2e4f60",
            }
        ],
    }


def cause_found(now: datetime) -> dict[str, Any]:
    return {
        "status": "identified",
        "message": f"{FOUND}.",
        "progress": PROGRESS,
        "eta": (now + timedelta(hours=1)).isoformat(),
    }


def later_than_thought(now: datetime) -> dict[str, Any]:
    """Changes nothing but the expected end, so readers get it as just that."""
    return {"message": f"{LONGER}.", "eta": (now + timedelta(hours=2)).isoformat()}


def resolved() -> dict[str, Any]:
    return {"message": f"{SOLVED}."}


def closing_note(now: datetime) -> dict[str, Any]:
    """With a meeting, so that each reader gets an invitation."""
    return {
        "root_cause": f"{ROOT_CAUSE}.",
        "steps_taken": STEPS_TAKEN,
        "prevention": PREVENTION,
        "follow_up": {
            "starts_at": _at_ten(now, days=6).isoformat(),
            "duration_minutes": 30,
            "location": "https://meet.nordwind.example/storage",
            "organizer_email": "eva@nordwind.example",
        },
    }


def planned_work(now: datetime) -> dict[str, Any]:
    starts = _at_ten(now, days=11) + timedelta(hours=11)
    return {
        "title": "Power supplies of the Frankfurt storage",
        "system_keys": ["storage-eu"],
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=3)).isoformat(),
        "impact_level": "degraded",
        "purpose": f"{PURPOSE}.",
        "alerts": "suppress",
        "remind_hours_before": [24],
    }


def small_one() -> dict[str, Any]:
    """Of the kind that can wait until morning."""
    return {
        "title": "Telephony US: some calls are noisy",
        "severity": "sev3",
        "impact": "Some calls are noisy.",
        "impact_level": "degraded",
        "system_keys": ["voip-us"],
    }


def _at_ten(now: datetime, *, days: int) -> datetime:
    return (now + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
