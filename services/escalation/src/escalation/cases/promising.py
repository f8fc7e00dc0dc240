"""A case's promises: looked at when a moment comes, and weighed whenever a case is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.cases.case import Case
from escalation.promises.events import Counts, promise_events, threaded, worth_telling
from escalation.promises.nudging import nudge
from escalation.promises.rules import by_evidence, by_time
from escalation.promises.state import Change


def look(case: Case) -> None:
    """Judge what is due by now, and remind of words that are not written."""
    if not any(pledge.live for pledge in case.pledges.values()):
        return
    proof = case.proof
    case.promise(by_time(p, proof.get(p.client_key, ()), case.now) for p in case.pledges.values())
    nudged = nudge(case.scene, list(case.pledges.values()))
    case.promise(nudged.pledges)
    case.tell(nudged.events)


def weigh(case: Case) -> list[Change]:
    """Weigh what is proved by now; what of it is worth telling, once it can be counted."""
    if any(pledge.live for pledge in case.pledges.values()):
        proof = case.proof
        case.promise(by_evidence(p, proof.get(p.client_key, ())) for p in case.pledges.values())
    telling = threaded(worth_telling(case.promise_changes(), case.now))
    case.promise([change.after for change in telling])
    return telling


def tell(case: Case, telling: Sequence[Change], counts: Mapping[str, Counts]) -> None:
    """``counts`` include what was judged just now."""
    if telling:
        case.tell(promise_events(case.scene, telling, counts))


def may_forget(case: Case) -> bool:
    """Nothing is left to prove."""
    over = not case.incident.snapshot.status.is_open
    return over and not any(pledge.live for pledge in case.pledges.values())
