"""What people wrote, as it may be stored and published."""

from __future__ import annotations

import re

LONGEST = 20_000
LONGEST_SUBJECT = 300
MOST_ATTACHMENTS = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Without what no database or screen takes; at most 20 000 characters."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1].rstrip()}…"


def cleaned_line(text: str | None) -> str | None:
    line = " ".join(cleaned(text or "").split())
    return line[:LONGEST_SUBJECT] or None


def cleaned_names(names: tuple[str, ...]) -> tuple[str, ...]:
    lines = (cleaned_line(name) for name in names[:MOST_ATTACHMENTS])
    return tuple(line for line in lines if line)
