"""What an observer of this service gets to see: patterns, never a key that stood in an address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from incident_api.testing import running_api
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tocsin_runtime import tracing

pytestmark = pytest.mark.integration


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("tocsin"))
    monkeypatch.setattr(tracing, "_enabled", True)
    return exporter


async def test_a_key_in_an_address_reaches_no_log_and_no_trace(
    spans: InMemorySpanExporter,
    fresh_database: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with running_api(fresh_database("incident-api")) as api:
        key = api.keys["ingest"]
        alert = {"title": "Mail is down", "severity": "sev1", "dedup_key": "mail"}
        answer = await api.client.post(f"/v1/ingest/generic/{key}", json=alert)
        await api.client.get(f"/take/{key}?token={key}")
        events = await api.events("tocsin.incidents")

    assert answer.status_code == 202
    finished = spans.get_finished_spans()
    assert "POST /v1/ingest/{format_name}/{key}" in [span.name for span in finished]
    assert all(key not in span.to_json() for span in finished)
    printed = capsys.readouterr()
    assert "/v1/ingest/{format_name}/{key}" in printed.out
    assert key not in printed.out + printed.err
    assert events[0]["traceparent"]


async def test_a_callers_trace_goes_on_in_the_events(
    spans: InMemorySpanExporter, fresh_database: Callable[[str], str]
) -> None:
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with running_api(fresh_database("incident-api")) as api:
        await api.put("/v1/systems/crm", {"name": "CRM"}, traceparent=caller)
        told = [e for e in await api.events() if e["subject"] == "system:crm"]
    assert told[0]["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert spans.get_finished_spans()
