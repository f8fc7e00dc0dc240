"""Something that waits for a person at the NOC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Need:
    """``kind`` says what sort of thing it is, ``detail`` in one sentence what is the matter and how
    it is put right; ``more`` holds what a page shows of it besides, JSON-ready."""

    kind: str
    incident_id: str
    since: datetime
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
