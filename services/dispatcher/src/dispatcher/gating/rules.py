"""The gate: asked for each row when it is about to be sent, after a worker has claimed it.

The order is fixed: what is no longer wanted, suppression, approval; rows without limits (sev1,
sev2, staff, answers) go from here; quiet hours, cap, grouping, digest, budget. The throttle is
last and no rule of ours: a channel's lane sends as much at once as its provider bears, and waits as
long as that asks. Planning asks the gate too, for the state that a row begins in.
"""

from __future__ import annotations

from datetime import datetime

from dispatcher.gating.budget import above_the_budget
from dispatcher.gating.cap import above_the_cap
from dispatcher.gating.digest import joins_others
from dispatcher.gating.fallback import needed
from dispatcher.gating.grouping import soon_after_another
from dispatcher.gating.model import Fold, Gated, Limits, Send, Skip, Verdict, Wait
from dispatcher.gating.moot import step_is_moot
from dispatcher.gating.quiet_hours import in_quiet_hours


def gate(row: Gated, now: datetime) -> Verdict:
    verdict = _wanted(row) or _fallback(row, now) or _suppressed(row) or _approved(row)
    if verdict is not None:
        return verdict
    if row.limits is None:
        return Send()
    return _limited(row, row.limits, now) or Send()


def _wanted(row: Gated) -> Skip | None:
    why = step_is_moot(row.step, row.knowledge) if row.step is not None else None
    return Skip(why) if why else None


def _fallback(row: Gated, now: datetime) -> Skip | Wait | None:
    return needed(row.fallback, now) if row.fallback is not None else None


def _suppressed(row: Gated) -> Skip | None:
    return Skip(f"suppressed: {row.suppressed}") if row.suppressed is not None else None


def _approved(row: Gated) -> Wait | None:
    return Wait(row.approval.until, row.approval.why) if row.approval is not None else None


def _limited(row: Gated, limits: Limits, now: datetime) -> Wait | Fold | None:
    return (
        in_quiet_hours(limits, now)
        or above_the_cap(row, limits, now)
        or soon_after_another(row, limits, now)
        or joins_others(row, limits, now)
        or above_the_budget(row, limits, now)
    )
