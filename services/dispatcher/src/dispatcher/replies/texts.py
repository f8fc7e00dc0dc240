"""What comes in, as it may be stored and published."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

LONGEST = 20_000
LONGEST_SUBJECT = 300
MOST_ATTACHMENTS = 20
_NEVER_STORED = re.compile(r"[\x00\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def storable(value: Any) -> Any:
    """A string, or what holds strings, without the characters that PostgreSQL takes in no text (NUL
    and half a surrogate pair). Everything from outside passes here once, as soon as it is known
    whose it is: what cannot be stored would be sent again for ever.
    """
    if type(value) is str:
        return _NEVER_STORED.sub("", value)
    if type(value) in (list, tuple):
        return type(value)(map(storable, value))
    if type(value) is dict:
        return {storable(key): storable(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        held = {one.name: storable(getattr(value, one.name)) for one in fields(value)}
        return replace(value, **held)
    return value


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
