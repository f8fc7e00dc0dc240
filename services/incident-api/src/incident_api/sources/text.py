"""Values as tools send them, made safe to store and to print."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from incident_api.text_direction import settled

TITLE_LENGTH = 300
TEXT_LENGTH = 20_000
KEY_LENGTH = 500
MOST_NAMES = 100

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def one_line(value: Any, limit: int = TITLE_LENGTH) -> str:
    """Line breaks and control characters become one space: titles end up in mail headers."""
    return _cut(_BREAKS.sub(" ", settled(scalar(value))).strip(), limit)


def several_lines(value: Any, limit: int = TEXT_LENGTH) -> str | None:
    """Text with its line breaks kept; ``None`` where nothing is left of it."""
    text = scalar(value).replace("\r\n", "\n").replace("\r", "\n")
    return _cut(_CONTROLS.sub("", settled(text)).strip(), limit) or None


def scalar(value: Any) -> str:
    """Strings, numbers and booleans canonically (92.0 and 92 are one); anything else is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return ""


def tool_key(value: Any) -> str:
    """A tool's key for an alert, shortened by its hash where it is too long for an index."""
    key = one_line(value, limit=1_000_000)
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[: KEY_LENGTH - 65]}~{hashlib.sha256(key.encode()).hexdigest()}"


def names(value: Any) -> tuple[str, ...]:
    """One or several keys: a comma-separated text or a list, in order, each once."""
    parts = value if isinstance(value, list) else scalar(value).split(",")
    cleaned = (one_line(part, limit=100) for part in parts)
    return tuple(dict.fromkeys(part for part in cleaned if part))[:MOST_NAMES]


def link(value: Any) -> str | None:
    """A web address, else ``None``."""
    address = one_line(value, limit=2000)
    return address if address.startswith(("http://", "https://")) else None


def moment(value: Any) -> datetime | None:
    """RFC 3339, or epoch seconds or milliseconds; without an offset it is UTC.

    ``None`` where it cannot be read, or is a tool's way to say "not yet" (the year 1, zero).
    """
    text = scalar(value).strip()
    try:
        found = _from_epoch(float(text)) if _is_number(text) else datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if found.year >= 1990 else None
    except (ValueError, OverflowError, OSError):
        return None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{9,16}(\.\d+)?", text) is not None


def _from_epoch(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number >= 1e11 else number, UTC)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else settled(text[: limit - 1]).rstrip() + "…"
