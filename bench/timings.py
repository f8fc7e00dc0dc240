"""Durations in milliseconds and what to say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """A run of ``seconds`` in which each of ``taken`` (milliseconds) was measured."""

    taken: tuple[float, ...]
    seconds: float

    @property
    def rate(self) -> float:
        """Per second, over the whole run."""
        return len(self.taken) / self.seconds

    @property
    def p50(self) -> float:
        return percentile(self.taken, 0.5)

    @property
    def p99(self) -> float:
        return percentile(self.taken, 0.99)

    def __str__(self) -> str:
        return (
            f"{len(self.taken):>6} done  {self.rate:>8,.0f}/s   "
            f"p50 {self.p50:>7.2f} ms   p99 {self.p99:>7.2f} ms"
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie (nearest rank); needs at least one."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def together(parts: Sequence[Summary]) -> Summary:
    """Several runs of the same thing as one."""
    taken = tuple(value for part in parts for value in part.taken)
    return Summary(taken, sum(part.seconds for part in parts))
