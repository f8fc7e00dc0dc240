"""Every metric of the runtime in one typed list; services keep theirs in the same style."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600)

EVENTS_CONSUMED = Counter(
    "tocsin_events_consumed_total", "Events handled, by consumer and type.", ["consumer", "type"]
)
EVENTS_REPEATED = Counter(
    "tocsin_events_repeated_total", "Events delivered again and not handled twice.", ["consumer"]
)
EVENTS_UNKNOWN = Counter(
    "tocsin_events_unknown_total", "Events of a type this version does not know.", ["consumer"]
)
EVENT_AGE = Histogram(
    "tocsin_event_age_seconds",
    "From the moment an event was made to the commit of its effects.",
    ["consumer"],
    buckets=LATENCY_BUCKETS,
)
DEAD_LETTERS = Counter(
    "tocsin_dead_letters_total", "Records put aside because they cannot be handled.", ["consumer"]
)
CONSUMER_PAUSED = Gauge(
    "tocsin_consumer_paused", "1 while a consumer waits for the database.", ["consumer"]
)
CONSUMER_PROGRESS = Gauge(
    "tocsin_consumer_progress_timestamp_seconds",
    "When a consumer last completed a round that reached broker and database.",
    ["consumer"],
)
OUTBOX_OLDEST = Gauge(
    "tocsin_outbox_oldest_unpublished_seconds", "Age of the oldest event not yet published."
)
OUTBOX_PUBLISHED = Counter("tocsin_outbox_published_total", "Events published.", ["topic"])
OUTBOX_FAILURES = Counter(
    "tocsin_outbox_publish_failures_total", "Sends that failed or whose answer was lost."
)
RELAY_SHARDS = Gauge("tocsin_relay_shards", "Shards of the outbox this process publishes.")
TIMERS_FIRED = Counter("tocsin_timers_fired_total", "Timers fired, by kind.", ["kind"])
TIMERS_LATE = Counter(
    "tocsin_timers_late_total", "Timers fired more than 30 s after they were due.", ["kind"]
)
TIMERS_FAILED = Counter(
    "tocsin_timers_failed_total", "Timers put off for a minute because their handler failed."
)
PARKED = Gauge("tocsin_parked_events", "Events that wait for something else.", ["queue"])
