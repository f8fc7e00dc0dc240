"""Which of an answer's forms the caller wants: the ``Accept`` header (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from incident_api.web.problem import Problem

JSON, HTML, PDF = "application/json", "text/html", "application/pdf"


def wanted(header: str | None, offered: Sequence[str]) -> str:
    """The best of ``offered``, the first where several are as good. Raises 406 for none."""
    ranges = [_range(part) for part in (header or "*/*").split(",") if part.strip()]
    best, quality = offered[0], 0.0
    for form in offered:
        of_form = _quality(form, ranges)
        if of_form > quality:
            best, quality = form, of_form
    if quality <= 0:
        raise Problem("not-acceptable", f"This is had as {', '.join(offered)}; ask for one of it.")
    return best


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            return name, _number(parameter[2:])
    return name, 1.0


def _number(text: str) -> float:
    try:
        return max(0.0, min(1.0, float(text)))
    except ValueError:
        return 0.0


def _quality(form: str, ranges: Sequence[tuple[str, float]]) -> float:
    """By the most precise range that matches."""
    for pattern in (form, form.partition("/")[0] + "/*", "*/*"):
        found = [quality for name, quality in ranges if name == pattern]
        if found:
            return max(found)
    return 0.0
