"""What an operator must hear of: a text that failed and was replaced by the plainest one."""

from __future__ import annotations

from prometheus_client import Counter

TEMPLATES_FAILED = Counter(
    "tocsin_templates_failed_total",
    "Messages whose text could not be rendered and went out in the plainest words.",
)


def count_failure() -> None:
    TEMPLATES_FAILED.inc()
