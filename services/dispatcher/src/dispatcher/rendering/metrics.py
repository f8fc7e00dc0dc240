"""What an operator must hear of: a text that failed and was replaced by the plainest one."""

from __future__ import annotations

from prometheus_client import Counter

TEMPLATES_FAILED = Counter(
    "tocsin_templates_failed_total",
    "Messages whose text could not be rendered and went out in the plainest words.",
)
OWN_TEMPLATES_FAILED = Counter(
    "dispatcher_own_template_failures",
    "Blocks of clients' own templates that could not be used, so that our own words stood in.",
)


def count_failure() -> None:
    TEMPLATES_FAILED.inc()


def count_own_failure() -> None:
    OWN_TEMPLATES_FAILED.inc()
