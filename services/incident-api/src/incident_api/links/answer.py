"""What one link was used for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Verb


@dataclass(frozen=True)
class Answer:
    """``to_person`` is ``None`` but for a hand-over."""

    verb: Verb
    to_person: str | None
    answered_at: datetime
