"""What was decided, as metrics."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.words import PromiseState

from escalation import metrics
from escalation.promises.state import Change


def count_promises(changes: Sequence[Change]) -> None:
    for change in changes:
        after, before = change.after, change.before
        judged = after.state in (PromiseState.KEPT, PromiseState.BREACHED)
        if judged and not after.drill and (before is None or before.state is not after.state):
            metrics.PROMISES.labels(after.promise.value, after.state.value).inc()
