"""Connections to Kafka. Only the runtime speaks to it, so the client is chosen here once."""

from __future__ import annotations

import ssl
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tocsin_contracts.registry import MAX_EVENT_BYTES

from tocsin_runtime.settings import RuntimeSettings

SEND_TIMEOUT_MS = 5_000


def connection(settings: RuntimeSettings) -> dict[str, Any]:
    """The arguments every client of ours connects with."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol in ("SSL", "SASL_SSL"):
        options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
    if settings.kafka_username and settings.kafka_password:
        options["sasl_mechanism"] = "SCRAM-SHA-512"
        options["sasl_plain_username"] = settings.kafka_username
        options["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return options


def new_producer(settings: RuntimeSettings) -> AIOKafkaProducer:
    """acks=all without idempotence: see docs/adr for why; no lingering, every hop is woken."""
    return AIOKafkaProducer(
        **connection(settings),
        acks="all",
        enable_idempotence=False,
        linger_ms=0,
        request_timeout_ms=SEND_TIMEOUT_MS,
        retry_backoff_ms=100,
        max_request_size=MAX_EVENT_BYTES,
    )


def new_consumer(settings: RuntimeSettings, *topics: str, group: str | None) -> AIOKafkaConsumer:
    """Offsets are committed by hand after the work; an unknown group starts at the beginning."""
    return AIOKafkaConsumer(
        *topics,
        **connection(settings),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=settings.kafka_session_timeout_ms,
        heartbeat_interval_ms=settings.kafka_session_timeout_ms // 4,
        max_poll_interval_ms=settings.kafka_max_poll_interval_ms,
        request_timeout_ms=20_000,
        retry_backoff_ms=100,
        metadata_max_age_ms=30_000,
        fetch_max_wait_ms=500,
        max_partition_fetch_bytes=MAX_EVENT_BYTES,
    )
