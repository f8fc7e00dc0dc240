"""Every metric of this service in one typed list."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram
from tocsin_runtime.metrics import LATENCY_BUCKETS

REQUESTS = Counter(
    "tocsin_http_requests_total",
    "Requests answered, by route pattern and status.",
    ["method", "route", "status"],
)
REQUEST_SECONDS = Histogram(
    "tocsin_http_request_seconds",
    "From the first byte of a request to the end of its answer.",
    ["method", "route"],
    buckets=LATENCY_BUCKETS,
)
STREAM_HELD_SECONDS = Counter(
    "tocsin_stream_held_seconds_total",
    "How long the stream was held back by transactions that had not ended.",
)
DUTY_READS = Counter(
    "tocsin_duty_calendar_reads_total",
    "Duty calendars read, by outcome: read or failed.",
    ["outcome"],
)
DUTY_STALE = Gauge(
    "tocsin_duty_calendars_stale",
    "Duty calendars that cannot be read at present: whoever is called is who they last named.",
)
