"""OpenTelemetry traces, off unless an endpoint is set; the trace travels inside the events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import propagate, trace

_tracer = trace.get_tracer("tocsin")
_enabled = False


def configure_tracing(service: str, endpoint: str | None) -> None:
    """Export spans to an OTLP/HTTP collector; without ``endpoint`` nothing is made or sent."""
    global _enabled
    if not endpoint:
        return
    # Imported only where wanted: the exporter is the slowest import a service has.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"tocsin-{service}"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    _enabled = True


def current_traceparent() -> str | None:
    """The W3C ``traceparent`` of the span under way, if any."""
    if not _enabled:
        return None
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, traceparent: str | None = None) -> Iterator[None]:
    """A span named ``name``, child of ``traceparent`` where given; costs nothing while off."""
    if not _enabled:
        yield
        return
    parent = propagate.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(name, context=parent):
        yield
