"""Durations in milliseconds and what to say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """``rate`` is per second over the whole run; the percentiles are milliseconds."""

    count: int
    rate: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return (
            f"{self.count:>6} done  {self.rate:>8,.0f}/s   "
            f"p50 {self.p50:>7.2f} ms   p99 {self.p99:>7.2f} ms"
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie (nearest rank); needs at least one."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summary(milliseconds: Sequence[float], elapsed_seconds: float) -> Summary:
    return Summary(
        count=len(milliseconds),
        rate=len(milliseconds) / elapsed_seconds,
        p50=percentile(milliseconds, 0.5),
        p99=percentile(milliseconds, 0.99),
    )
