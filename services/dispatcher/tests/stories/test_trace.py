"""One trace leads from the event to the provider's answer, and on to what is told of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Status
from tocsin_runtime import tracing

from services.dispatcher.tests.facts import opened, resolved, updated
from services.dispatcher.tests.stories.test_replacing import away
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("tocsin"))
    monkeypatch.setattr(tracing, "_enabled", True)
    return exporter


async def test_sending_and_its_outcome_belong_to_the_trace_of_the_event(
    world: World, spans: InMemorySpanExporter
) -> None:
    await world.knows_acme()
    with tracing.span("POST /v1/incidents"):
        await world.hears(opened(world.snapshot()))
    await world.deliver()

    [posted] = named(spans, "POST /v1/incidents")
    sent = named(spans, "send email")
    assert len(sent) == 2
    assert {span.context.trace_id for span in sent} == {posted.context.trace_id}
    [cause] = {row["cause_id"] for row in await world.rows()}
    outcomes = await outcomes_told(world)
    assert {event["causationid"] for event in outcomes} == {cause}
    assert {trace_of(event) for event in outcomes} == {posted.context.trace_id}


async def test_what_is_replaced_belongs_to_the_trace_of_what_replaced_it(
    world: World, spans: InMemorySpanExporter
) -> None:
    await world.knows_acme()
    world.channels[Channel.EMAIL].answer = away
    await world.hears(opened(world.snapshot()), updated(world.snapshot()))
    with tracing.span("POST /v1/incidents/INC-2041/resolve"):
        now = world.clock.now()
        await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    [posted] = named(spans, "POST /v1/incidents/INC-2041/resolve")
    [replaced] = await outcomes_told(world)
    assert trace_of(replaced) == posted.context.trace_id
    assert replaced["causationid"] in {row["cause_id"] for row in await world.rows(kind="resolved")}


def named(spans: InMemorySpanExporter, name: str) -> list[Any]:
    return [span for span in spans.get_finished_spans() if span.name == name]


async def outcomes_told(world: World) -> list[dict[str, Any]]:
    async with world.database.connection() as conn:
        found = await conn.fetch("SELECT body FROM outbox ORDER BY id")
    events = [json.loads(row["body"]) for row in found]
    return [event for event in events if event["type"] == e.OutcomesRecorded.event_type]


def trace_of(event: dict[str, Any]) -> int:
    return int(event["traceparent"].split("-")[1], 16)
