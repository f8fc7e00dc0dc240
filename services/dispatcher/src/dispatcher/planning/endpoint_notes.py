"""What the account manager reads of a client's webhook that does not take its messages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

TRY_IT = "A test message that arrives switches it on again."


def sentence(
    stage: str, name: str, client: str | None, since: datetime, ends: datetime, zone: ZoneInfo
) -> str:
    """``stage``: "warn", "disable" or "gone"; ``client`` ``None``: a colleague's own."""
    whose = f"{name}, {client}" if client else name
    if stage == "gone":
        return (
            f"The webhook of {whose} answered that it is gone for good (410) and is switched off."
            f" {TRY_IT}"
        )
    if stage == "disable":
        return (
            f"The webhook of {whose} has taken nothing since {_at(since, zone)} and is switched"
            f" off. {TRY_IT}"
        )
    return (
        f"The webhook of {whose} has taken nothing since {_at(since, zone)}; unless something"
        f" arrives it is switched off after {_at(ends, zone)}. Please have them look at it."
    )


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
