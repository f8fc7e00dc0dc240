"""Every metric of the dispatcher in one typed list."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram
from tocsin_runtime.metrics import LATENCY_BUCKETS

PLANNED = Counter(
    "tocsin_deliveries_planned_total",
    "Deliveries planned, by channel and the state they began in.",
    ["channel", "state"],
)
SUPERSEDED = Counter(
    "tocsin_deliveries_superseded_total", "Rows that a newer message replaced before they went."
)
OUTCOMES = Counter(
    "tocsin_delivery_attempts_total",
    "Attempts, by channel and the state they left the delivery in.",
    ["channel", "state"],
)
RECEIPTS = Counter(
    "tocsin_delivery_receipts_total",
    "What providers said of a message after they took it, by channel and state.",
    ["channel", "state"],
)
REPLIES = Counter(
    "tocsin_replies_received_total",
    "What readers sent back, by channel and what it became.",
    ["channel", "became"],
)
FAILOVERS = Counter(
    "tocsin_delivery_failovers_total",
    "Messages that went over another provider than the first.",
    ["channel"],
)
PROVIDER_STATE = Gauge(
    "tocsin_provider_circuit",
    "Whether a provider is used: 0 closed (it is), 1 probing, 2 open (it is left alone).",
    ["channel", "provider"],
)
PAUSED = Gauge("tocsin_channel_paused", "1 while a person holds the channel.", ["channel"])
BACKLOG = Gauge(
    "tocsin_channel_backlog", "Messages of the channel that are due and have not gone.", ["channel"]
)
SUPPRESSED = Counter(
    "tocsin_suppressions_total", "Destinations noted as not to be written to.", ["channel", "cause"]
)
SEND_SECONDS = Histogram(
    "tocsin_delivery_send_seconds",
    "How long the provider took for one message.",
    ["channel"],
    buckets=LATENCY_BUCKETS,
)
PLAN_TO_SEND = Histogram(
    "tocsin_delivery_plan_to_send_seconds",
    "From the plan of a message to the beginning of its first attempt.",
    ["channel"],
    buckets=LATENCY_BUCKETS,
)
IN_FLIGHT = Gauge(
    "tocsin_deliveries_in_flight", "Messages this process is sending now.", ["channel"]
)
OLDEST_PENDING = Gauge(
    "tocsin_delivery_oldest_due_seconds", "Age of the oldest due row that has not gone yet."
)
LEASES_EXPIRED = Counter(
    "tocsin_delivery_leases_expired_total", "Rows whose sender ended without a word."
)
ROWS_FAILED = Counter(
    "tocsin_delivery_errors_total", "Errors of our own while one row was rendered or sent."
)
INVITATIONS_FAILED = Counter(
    "tocsin_invitations_failed_total",
    "Mails that went without their invitation, by an error of our own.",
)
RELEASES_FAILED = Counter(
    "tocsin_releases_failed_total",
    "Incidents put off for a minute because what waited for the directory could not go on.",
)
CLIENTS_WAITED = Counter(
    "tocsin_clients_waited_total", "Clients that waited too long for their directory revision."
)
