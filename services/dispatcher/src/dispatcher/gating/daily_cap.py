"""The daily cap: whatever goes wrong, one telephone does not buzz without end."""

from __future__ import annotations

from datetime import timedelta

from tocsin_contracts.words import Kind, Severity

DAY = timedelta(hours=24)
ANSWERS = frozenset({Kind.ANSWERED, Kind.AUTO_ANSWER})


def counts_for(kind: Kind, severity: Severity | None) -> bool:
    """Whether the cap may hold a text back: never of sev1 and sev2, of calls to staff, of what was
    asked for. ``severity`` ``None``: planned work, or several incidents together."""
    if kind.for_staff or kind in ANSWERS:
        return False
    return severity is None or not severity.at_least(Severity.SEV2)


def over(sent: int, most: int) -> str | None:
    """Why none goes any more, where ``sent`` went to the number within a day."""
    if sent < most:
        return None
    return f"the number had {most} text messages within a day, its daily cap (SMS_DAILY_CAP)"
