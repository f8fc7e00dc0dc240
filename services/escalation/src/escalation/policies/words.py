"""Why a step calls, in words: a phrase without a full stop, for "Why you, why now: …"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tocsin_contracts.words import Severity

AT_ONCE = timedelta(minutes=1)
NAMES_LISTED = 2


def reason(
    trigger: str,
    severity: Severity,
    *,
    open_for: timedelta,
    clients: Sequence[str],
    late_by: timedelta = timedelta(0),
    passed_on_by: Sequence[str] = (),
    about: Sequence[str] = (),
) -> str:
    """The phrase for the trigger's field name; ``late_by`` is how late a promised word is.

    ``about`` names who asked, or who cannot be reached.

    >>> reason("severity_at_least", Severity.SEV1, open_for=timedelta(0), clients=["ACME"])
    'critical, and nobody speaks for us with ACME yet'
    """
    known = [f"{listed(passed_on_by)} passed it on"] if passed_on_by else []
    known.append(severity.words)
    if open_for >= AT_ONCE:
        known.append(f"open for {span(open_for)}")
    if trigger == "unacknowledged":
        known.append("not acknowledged")
    if trigger == "update_overdue_minutes":
        known.append(f"the word promised to {listed(clients)} is {span(late_by)} late")
    if trigger == "question_unanswered":
        known.append(f"{listed(about)} asked, and the answer is {span(late_by)} late")
    if trigger == "contact_unreachable":
        known.append(f"{listed(about)} can be reached on no channel")
    if about:
        return ", ".join(known)
    return f"{', '.join(known)}, and nobody speaks for us with {listed(clients)} yet"


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
