"""Traces reach a collector over OTLP, name no key, and cost nothing while off.

Run in a process of its own: the tracer provider can be set once a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PROGRAM = """
import asyncio, json, sys
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from tocsin_runtime import tracing

async def ingest(request):
    return JSONResponse(tracing.current_traceparent())

async def ask(app, path):
    sent = []
    async def receive():
        return {"type": "http.request", "body": b""}
    async def send(message):
        sent.append(message)
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers":
             [(b"traceparent", sys.argv[2].encode())]}
    await app(scope, receive, send)
    return json.loads(sent[1]["body"])

if sys.argv[1]:
    tracing.configure_tracing("test", sys.argv[1])
inner = Starlette(routes=[Route("/v1/ingest/{format}/{key}", ingest, methods=["POST"])])

async def kept_route(scope, receive, send):
    await inner(scope, receive, send)

print(json.dumps(asyncio.run(ask(tracing.TracedRequests(kept_route), "/v1/ingest/x/s3cret"))))
tracing.flush()
"""


class Collector(BaseHTTPRequestHandler):
    bodies: list[bytes]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def traceparent_seen(endpoint: str) -> str | None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, endpoint, PARENT],
        check=True,
        capture_output=True,
        text=True,
    )
    seen: str | None = json.loads(ran.stdout)
    return seen


def test_without_an_endpoint_there_is_no_trace() -> None:
    assert traceparent_seen("") is None


def test_a_request_continues_its_callers_trace_and_the_collector_gets_it() -> None:
    Collector.bodies = []
    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        seen = traceparent_seen(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
    assert seen is not None
    assert seen.split("-")[1] == PARENT.split("-")[1]
    assert seen.split("-")[2] != PARENT.split("-")[2]
    spans = b"".join(Collector.bodies)
    assert b"tocsin-test" in spans
    assert b"s3cret" not in spans
