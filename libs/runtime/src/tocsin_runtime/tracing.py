"""OpenTelemetry traces, off unless an endpoint is set; the trace travels inside the events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import propagate, trace
from starlette.types import ASGIApp, Receive, Scope, Send

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


class TracedRequests:
    """ASGI middleware: a span a request, child of the caller's ``traceparent``.

    The span is named by the route's pattern, since a path may hold a key.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _enabled or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        with span(scope["method"], headers.get(b"traceparent", b"").decode("latin-1")):
            await self._app(scope, receive, send)
            pattern = getattr(scope.get("route"), "path", "")
            trace.get_current_span().update_name(f"{scope['method']} {pattern}".strip())


def flush() -> None:
    """Send what is still buffered; called at the end of a process."""
    provider = trace.get_tracer_provider()
    force_flush = getattr(provider, "force_flush", None)
    if _enabled and force_flush is not None:
        force_flush(2_000)
