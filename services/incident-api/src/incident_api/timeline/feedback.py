"""What a reader said of how they were informed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Rating


@dataclass(frozen=True)
class Feedback:
    """One reader's answer on one incident; ``person`` is a key."""

    incident_id: str
    client_key: str
    person: str
    rating: Rating
    text: str | None
    given_at: datetime
