"""How it goes, in figures; exercises are left out of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin_contracts.words import Promise, Severity

from incident_api.reporting.counting import Judged, judged, percentile

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Figures:
    """As counted by the database.

    ``open_by_severity`` is of now, the rest of a span of time: ``first_notice_seconds`` how often
    a first notice took so many seconds, ``promises`` how many of each are in each state,
    ``deliveries`` how many of each channel.
    """

    open_by_severity: Counts
    opened: int
    first_notice_seconds: Mapping[int, int]
    promises: Mapping[str, Counts]
    deliveries: Mapping[str, Counts]


def statistics_shown(figures: Figures) -> dict[str, Any]:
    of_kind = {name: judged(figures.promises.get(name, {})) for name in Promise}
    total = Judged(
        sum(one.kept for one in of_kind.values()), sum(one.broken for one in of_kind.values())
    )
    seconds = figures.first_notice_seconds
    return {
        "open_by_severity": {name: figures.open_by_severity.get(name, 0) for name in Severity},
        "incidents_opened": figures.opened,
        "time_to_first_notice_seconds": {
            "p50": percentile(seconds, 0.50),
            "p95": percentile(seconds, 0.95),
            "count": sum(seconds.values()),
        },
        "promises": {
            **_judged_shown(total),
            "by_promise": {name: _judged_shown(one) for name, one in of_kind.items()},
        },
        "deliveries": {name: dict(counts) for name, counts in sorted(figures.deliveries.items())},
    }


def _judged_shown(one: Judged) -> dict[str, Any]:
    return {"kept": one.kept, "broken": one.broken, "kept_percent": one.percent}
