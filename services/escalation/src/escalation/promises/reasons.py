"""Why nobody was reached in time: one clause, for staff and for the report."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.words import DeliveryState, Promise

from escalation.promises.state import Pledge, Row

NAMES = {
    Promise.FIRST_NOTICE: "first word",
    Promise.UPDATE: "update",
    Promise.CLOSURE: "closing note",
}
GONE = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN})


def why_not(pledge: Pledge, rows: Sequence[Row]) -> str:
    """``rows`` are those of the notify rules that had nobody by the moment."""
    if not pledge.causes and not rows:
        return f"no {NAMES[pledge.promise]} was written"
    if pledge.told_at is not None and pledge.told_at > pledge.due_at:
        return f"the {NAMES[pledge.promise]} was written after its time"
    if not rows:
        return "it was written, and the dispatcher has not been heard of since"
    return _held(rows) or _refused(rows) or _nobody(rows) or "the message was not accepted in time"


def _held(rows: Sequence[Row]) -> str | None:
    """Approval and quiet hours are no excuse, and the report says that it was they."""
    held = _clause(next((row.held for row in rows if row.held), None))
    if held.startswith(("waits ", "still waits ")):
        return f"the message {held.replace('waits', 'waited', 1)}"
    return f"the message was held back: {held}" if held else None


def _refused(rows: Sequence[Row]) -> str | None:
    gone = next((row for row in rows if row.state in GONE), None)
    if gone is None:
        return None
    because = f": {_clause(gone.reason)}" if gone.reason else ""
    return f"{gone.person} was not reached by {gone.channel.value}{because}"


def _nobody(rows: Sequence[Row]) -> str | None:
    skipped = [row for row in rows if row.state is DeliveryState.SKIPPED]
    if len(skipped) < len(rows):
        return None
    because = f": {_clause(skipped[0].reason)}" if skipped[0].reason else ""
    return f"there was nobody to write to{because}"


def _clause(reason: str | None) -> str:
    return (reason or "").strip().rstrip(".")
