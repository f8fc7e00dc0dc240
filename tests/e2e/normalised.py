"""What may differ between a preview and the message: ids, tokens and times, and nothing else."""

from __future__ import annotations

import re

RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(INC|MNT)-(\d+|…|\?+|preview)"), r"\1-<number>"),
    (re.compile(r"https?://[^\s<>\"')\]]+"), "<link>"),
    (re.compile(r"\b\d{1,2}:\d{2}\b"), "<clock>"),
    (re.compile(r"\b(less than a minute|\d+ (?:minute|hour|second)s?)\b"), "<length>"),
)
"""References and links are made when it is real; clocks and lengths go on between the two."""


def normalised(text: str) -> str:
    for pattern, stands_for in RULES:
        text = pattern.sub(stands_for, text)
    return text
