"""What is said when even our own text fails: plain facts, put together without a template."""

from __future__ import annotations

from datetime import UTC, datetime

from dispatcher.rendering.notice import Notice


def last_resort_subject(notice: Notice) -> str:
    return f"Disruption [{notice.ref}]"


def last_resort_text(notice: Notice) -> str:
    incident = notice.outage
    lines = [
        f"{', '.join(notice.systems[:3]) or 'A service you use'}: {incident.status.value}.",
        f"Since {_utc(incident.started_at)}.",
        notice.update.message if notice.update else None,
        f"Next update by {_utc(notice.next_update_due)}." if notice.next_update_due else None,
        f"Questions? Call {notice.provider.desk_phone}." if notice.provider.desk_phone else None,
        f"{notice.provider.name}, {incident.ref}",
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
