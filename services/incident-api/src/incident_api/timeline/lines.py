"""One line of an incident's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Line:
    """``type`` is the past-tense word of what happened, ``text`` one sentence for a reader.

    ``event_id`` is the event it became, by which its deliveries are found; ``data`` holds what a
    page may want to show apart, JSON-ready.
    """

    id: str
    incident_id: str
    sequence: int
    at: datetime
    type: str
    actor: str
    text: str
    event_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
