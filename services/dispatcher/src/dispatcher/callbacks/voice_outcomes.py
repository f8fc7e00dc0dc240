"""What the end of a call means for its message, and when it is tried once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

AGAIN_AFTER = (timedelta(minutes=2), timedelta(minutes=5))
"""After the first call that reached nobody, and after the second; the third was the last."""
NOBODY = {
    "busy": "the line was busy",
    "no-answer": "nobody picked up",
    "canceled": "the call was cancelled before anybody picked up",
    "failed": "the call could not be put through",
}
ENDS = frozenset({*NOBODY, "completed"})
NO_SUCH_NUMBER = frozenset({"404", "410", "484", "604"})
"""RFC 3261 21.4 and 21.6: not found, gone, address incomplete, does not exist anywhere."""
LEFT_ON_MACHINE = "left on the answering machine"


@dataclass(frozen=True)
class Ended:
    """``status`` is the provider's last word; ``calls`` counts those to this message, this one too;
    ``heard``: the message was read to its end, or a key was pressed."""

    status: str
    calls: int
    heard: bool = False
    answered_by: str | None = None
    sip_code: str | None = None


@dataclass(frozen=True)
class Reached:
    """Somebody heard it."""


@dataclass(frozen=True)
class Left:
    """A machine has the short version. Nobody knows who hears it, or when."""

    reason: str = LEFT_ON_MACHINE


@dataclass(frozen=True)
class CallAgain:
    after: timedelta
    reason: str


@dataclass(frozen=True)
class NotReached:
    reason: str


Conclusion = Reached | Left | CallAgain | NotReached


def is_machine(answered_by: str | None) -> bool:
    """``machine_end_beep``, ``machine_end_silence``, ``machine_end_other``, ``machine_start``
    (twilio.com, "Answering Machine Detection"); ``unknown`` is spoken to as a person."""
    return (answered_by or "").startswith("machine")


def is_fax(answered_by: str | None) -> bool:
    return answered_by == "fax"


def conclusion(ended: Ended) -> Conclusion:
    if ended.heard:
        return Reached()
    if ended.status == "failed" and ended.sip_code in NO_SUCH_NUMBER:
        return NotReached("the number does not exist")
    if ended.status == "completed" and is_fax(ended.answered_by):
        return NotReached("a fax machine answered")
    if ended.status == "completed" and is_machine(ended.answered_by):
        return Left()
    reason = NOBODY.get(ended.status, "whoever answered hung up before it was read")
    if ended.calls > len(AGAIN_AFTER):
        return NotReached(f"{reason}, at the last of {ended.calls} calls")
    return CallAgain(AGAIN_AFTER[ended.calls - 1], f"{reason}; we call again")
