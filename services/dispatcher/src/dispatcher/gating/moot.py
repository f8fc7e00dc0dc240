"""Calls to staff that nobody needs any more."""

from __future__ import annotations

from dispatcher.gating.model import Knowledge, Step

UNACKNOWLEDGED = "unacknowledged"


def step_is_moot(step: Step, known: Knowledge) -> str | None:
    """Why an escalation step is no longer wanted, or ``None``.

    It was decided on the incident's state at ``step.sequence``; what came later counts.
    """
    if known.parent is not None:
        return f"{known.parent} speaks for it"
    if known.settled > step.sequence:
        return "the incident was settled meanwhile"
    if step.trigger == UNACKNOWLEDGED and known.acknowledged > step.sequence:
        return "the incident was acknowledged meanwhile"
    if step.client_keys and not still_open(step, known):
        return "somebody took it meanwhile" if step.word_due is None else "it was written meanwhile"
    return None


def still_open(step: Step, known: Knowledge) -> tuple[str, ...]:
    """The step's clients that nobody took after it was decided; of those whom it reminds of a word,
    the ones to whom it is still owed. Whoever takes a client has not written to it yet."""
    if step.word_due is not None:
        due = step.word_due
        return tuple(key for key in step.client_keys if known.words_due.get(key, due) == due)
    return tuple(
        key for key in step.client_keys if key not in known.takes or known.takes[key] <= step.at
    )
