"""Lists of names and spans of time, as phrases write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

NAMES_LISTED = 2


def listed(names: Sequence[str]) -> str:
    """``ACME``, ``ACME and Beta AG``, ``ACME, Beta AG and 2 more``."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) == NAMES_LISTED:
        return f"{names[0]} and {names[1]}"
    rest = len(names) - NAMES_LISTED
    return f"{', '.join(names[:NAMES_LISTED])} and {rest} more"


def span(length: timedelta) -> str:
    """``12 seconds``, ``1 minute``, ``46 minutes``, ``2 hours``, ``2 hours 5 minutes``."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return _counted(seconds, "second")
    hours, left = divmod(seconds // 60, 60)
    parts = [_counted(hours, "hour")] if hours else []
    if left or not hours:
        parts.append(_counted(left, "minute"))
    return " ".join(parts)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
