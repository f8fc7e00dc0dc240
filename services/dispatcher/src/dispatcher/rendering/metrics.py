"""What an operator must hear of: a text that failed and was replaced by the default one."""

from __future__ import annotations

from prometheus_client import Counter

TEMPLATES_FAILED = Counter(
    "tocsin_templates_failed_total",
    "Texts that could not be rendered, by whose they were: operators or own.",
    ["whose"],
)


def count_failure(whose: str) -> None:
    TEMPLATES_FAILED.labels(whose).inc()
