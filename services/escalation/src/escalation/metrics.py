"""Every metric of the escalation service in one typed list."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

CALLS = Counter("tocsin_escalation_calls_total", "Calls of people, by trigger.", ["trigger"])
CALLS_LATE = Counter(
    "tocsin_escalation_calls_late_total", "Calls that went out more than 30 s after their time."
)
CALLS_SKIPPED = Counter(
    "tocsin_escalation_calls_skipped_total", "Calls that could not be made: nobody to call."
)
EXHAUSTED = Counter(
    "tocsin_escalation_exhausted_total", "Escalations that nobody took although all were called."
)
ANSWERS = Counter(
    "tocsin_escalation_answers_total",
    "Answers of people, by verb and whether they counted.",
    ["verb", "outcome"],
)
PROMISES = Counter(
    "tocsin_promises_total", "Promises to clients that were judged.", ["promise", "outcome"]
)
AT_RISK = Gauge("tocsin_promises_at_risk", "Promises that are near, and nobody has the word yet.")
OVERDUE = Gauge(
    "tocsin_promises_overdue", "Promises past their moment for which nobody has the word yet."
)
OLDEST_OVERDUE = Gauge(
    "tocsin_promise_oldest_overdue_seconds",
    "How long the word longest overdue has been owed; 0 where none is.",
)
HELD = Gauge(
    "tocsin_escalation_held", "1 while nothing is called because events are still being read."
)
