"""Values as an answer shows them: JSON-ready, moments in UTC with a ``Z`` (RFC 3339)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any


def fields_shown(row: Any) -> dict[str, Any]:
    """Every field of a dataclass."""
    return {name: plain(value) for name, value in asdict(row).items()}


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value
