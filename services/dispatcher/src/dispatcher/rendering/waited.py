"""What a message says that goes later than it was written: nothing that has passed meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatcher.rendering.notice import Notice

LONG = timedelta(hours=1)
"""After so long "tomorrow" may be today, and a time without its date another day's."""


def as_of(notice: Notice, now: datetime) -> Notice:
    """The same facts, read at ``now``: a night of quiet hours, a late yes or a mail server that was
    away makes "next update by 03:40" of 23:40 untrue by the morning. A promise that has passed is
    left out; it is measured elsewhere. Full minutes, so that many readers share a rendering.
    """
    if notice.kind.for_staff or not _outdated(notice, now):
        return notice
    minute = max(now.replace(second=0, microsecond=0), notice.at)
    return notice.model_copy(
        update={
            "id": f"{notice.id}@{minute.isoformat()}",
            "at": minute if _may_move(notice) else notice.at,
            "next_update_due": _still_due(notice, now),
        }
    )


def _outdated(notice: Notice, now: datetime) -> bool:
    eta = notice.incident.eta if notice.incident else None
    expected = eta if eta and eta > notice.at else None
    if _passed(notice.next_update_due, now) or _passed(expected, now):
        return True
    return now - notice.at >= LONG


def _passed(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _still_due(notice: Notice, now: datetime) -> datetime | None:
    return None if _passed(notice.next_update_due, now) else notice.next_update_due


def _may_move(notice: Notice) -> bool:
    """Of a false alarm the end is the moment of the event itself."""
    incident = notice.incident
    return incident is None or incident.status.is_open or incident.resolved_at is not None
