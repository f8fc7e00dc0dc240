"""What is said when even our own text fails: plain facts, put together without a template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from dispatcher.rendering.notice import Notice


def last_resort_subject(notice: Notice) -> str:
    word = "Planned maintenance" if notice.maintenance else "Disruption"
    return f"{word} [{notice.ref}]" if notice.ref else word


def last_resort_text(notice: Notice) -> str:
    lines = [
        *_facts(notice),
        notice.update.message if notice.update else None,
        notice.fact,
        f"Next update by {_utc(notice.next_update_due)}." if notice.next_update_due else None,
        f"Questions? Call {notice.provider.desk_phone}." if notice.provider.desk_phone else None,
        ", ".join(filter(None, (notice.provider.name, notice.ref))),
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def _facts(notice: Notice) -> Iterator[str]:
    systems = ", ".join(notice.systems[:3]) or "A service you use"
    if notice.correction is not None and notice.correction.right is None:
        yield f"{systems}: an earlier message was sent to you by mistake. Please disregard it."
    elif notice.incident is not None:
        yield f"{systems}: {notice.incident.status.value}."
        yield f"Since {_utc(notice.incident.started_at)}."
    elif notice.maintenance is not None:
        window = notice.maintenance.window
        yield f"{systems}: planned maintenance, {window.status.value.replace('_', ' ')}."
        yield f"From {_utc(window.starts_at)} to {_utc(window.ends_at)}."
    for item in notice.digest:
        names = ", ".join(item.systems[:3]) or "A service you use"
        yield f"{names}: {item.incident.status.value}, since {_utc(item.incident.started_at)}."


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
