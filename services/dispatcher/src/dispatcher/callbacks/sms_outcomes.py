"""What a status of a text message means for its delivery.

Source: twilio.com, "Outbound Message Status in Status Callbacks"; statuses come late, twice and in
any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin_contracts.words import SuppressionCause

from dispatcher.channels.twilio_codes import Fault, meaning_of

MOST_TEXTS = 2
"""Of one message to one reader: a telephone that is off is tried once more."""
AGAIN_AFTER = timedelta(minutes=5)

ARRIVED = frozenset({"delivered", "read"})
LOST = frozenset({"undelivered", "failed", "canceled"})


@dataclass(frozen=True)
class Arrived:
    """The carrier says that the telephone has it."""


@dataclass(frozen=True)
class Lost:
    """It reached nobody; what stands in for it goes."""

    reason: str
    suppress: SuppressionCause | None = None


@dataclass(frozen=True)
class Again:
    """It reached nobody yet, and is sent again ``after`` so long."""

    reason: str
    after: timedelta


def outcome_of_status(status: str, code: int | None, texts: int) -> Arrived | Lost | Again | None:
    """``None``: on its way, which tells nobody anything. ``texts`` are those of this delivery that
    reached nobody, this one included."""
    if status in ARRIVED:
        return Arrived()
    if status not in LOST:
        return None
    meaning = meaning_of(code) if code is not None else None
    if meaning is None:
        return Lost(f"Twilio could not deliver it ({_error(code)})")
    reason = f"Twilio: {meaning.reason} ({_error(code)})"
    if meaning.fault is Fault.MOMENT and texts < MOST_TEXTS:
        return Again(reason, AGAIN_AFTER)
    return Lost(reason, meaning.suppress)


def _error(code: int | None) -> str:
    return f"error {code}" if code is not None else "no error given"
