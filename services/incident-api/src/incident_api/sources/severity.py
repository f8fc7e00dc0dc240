"""A tool's word for how bad it is, in ours."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import Severity

from incident_api.sources.text import scalar

UNKNOWN = Severity.SEV3
"""Most tools send none at all; the middle neither wakes everybody nor hides it."""

WORDS: dict[str, Severity] = {
    **dict.fromkeys(("critical", "fatal", "disaster", "p1"), Severity.SEV1),
    **dict.fromkeys(("error", "high", "major", "p2"), Severity.SEV2),
    **dict.fromkeys(("warning", "average", "minor", "p3"), Severity.SEV3),
    **dict.fromkeys(("low", "p4"), Severity.SEV4),
    **dict.fromkeys(("info", "p5"), Severity.SEV5),
    **{severity.value: severity for severity in Severity},
}


def severity_of(word: Any) -> Severity:
    """Upper and lower case are one; a word we do not know is the middle."""
    return WORDS.get(scalar(word).strip().lower(), UNKNOWN)
