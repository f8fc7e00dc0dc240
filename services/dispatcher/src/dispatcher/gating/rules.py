"""The gate: asked for each row when it is about to be sent, after a worker has claimed it.

The order is fixed: what is no longer wanted, then suppression, then the quieter rules (approval;
sev1, sev2 and staff go from here; quiet hours; cap and digest; throttle), of which none exists yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatcher.planning.model import Step

UNACKNOWLEDGED = "unacknowledged"


@dataclass(frozen=True)
class Send:
    """Nothing stands against it."""


@dataclass(frozen=True)
class Skip:
    """It is not sent, now or later."""

    why: str


Verdict = Send | Skip


@dataclass(frozen=True)
class Knowledge:
    """What is known of the incident by now. Sequences are 0 where there was no such thing.

    ``settled`` is the last resolve, closure or cancellation; ``takes`` when each client was taken.
    """

    settled: int = 0
    acknowledged: int = 0
    takes: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Gated:
    """A row as the gate sees it. ``step`` is set for a call to staff."""

    step: Step | None = None
    knowledge: Knowledge = Knowledge()
    suppressed: str | None = None


def gate(row: Gated) -> Verdict:
    if row.step is not None and (why := step_is_moot(row.step, row.knowledge)):
        return Skip(why)
    if row.suppressed is not None:
        return Skip(f"suppressed: {row.suppressed}")
    return Send()


def step_is_moot(step: Step, known: Knowledge) -> str | None:
    """Why an escalation step is no longer wanted, or ``None``.

    It was decided on the incident's state at ``step.sequence``; what came later counts.
    """
    if known.settled > step.sequence:
        return "the incident was settled meanwhile"
    if step.trigger == UNACKNOWLEDGED and known.acknowledged > step.sequence:
        return "the incident was acknowledged meanwhile"
    if step.client_keys and not still_open(step, known):
        return "somebody took it meanwhile"
    return None


def still_open(step: Step, known: Knowledge) -> tuple[str, ...]:
    """The step's clients that nobody took after it was decided."""
    return tuple(
        key for key in step.client_keys if key not in known.takes or known.takes[key] <= step.at
    )
