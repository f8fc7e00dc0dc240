"""The HTTP application: its routes, and what every request passes on its way to them."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.routing import BaseRoute
from tocsin_runtime.tracing import TracedRequests

from incident_api.approvals import routes as approvals
from incident_api.attention import routes as attention
from incident_api.auth import routes as keys
from incident_api.channels import (
    channel_routes,
    destination_routes,
    resend_routes,
    suppression_routes,
)
from incident_api.conversations import reply_routes
from incident_api.conversations import routes as conversations
from incident_api.directory import contact_routes, entry_routes
from incident_api.directory import routes as directory
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.document import KINDS, PROVIDER
from incident_api.documents.pdf import Typesetter
from incident_api.duty import absence_routes
from incident_api.duty import routes as duty
from incident_api.escalations import routes as escalations
from incident_api.escalations import version_routes
from incident_api.forwarding.dispatcher import Dispatcher
from incident_api.forwarding.escalation import Escalation
from incident_api.incidents import closing_routes, hold_routes, list_routes, update_routes
from incident_api.incidents import routes as incidents
from incident_api.links import approve_routes as approve
from incident_api.links import routes as links
from incident_api.links.confirm_routes import router as confirm
from incident_api.links.destination_routes import router as destination
from incident_api.links.feedback_routes import router as feedback
from incident_api.links.review import router as review_links
from incident_api.links.tokens import LinkKeys
from incident_api.maintenance import reading_routes as maintenance_reading
from incident_api.maintenance import routes as maintenance
from incident_api.preview import routes as preview
from incident_api.readiness import routes as readiness
from incident_api.reporting import routes as reporting
from incident_api.reviews import routes as reviews
from incident_api.simulation import routes as simulation
from incident_api.sources import routes as ingest
from incident_api.stream import routes as stream
from incident_api.stream.hub import Hub
from incident_api.timeline import routes as timeline
from incident_api.web import handlers, problem
from incident_api.web.access_log import AccessLog
from incident_api.web.bodies import BodyGuard
from incident_api.web.parts import Parts

TAGS = [
    {"name": "ingest", "description": "What monitoring tools send, as they send it."},
    {"name": "incidents", "description": "Outages: opened, told of, resolved and closed."},
    {"name": "maintenance", "description": "Planned work: announced, moved, started, ended."},
    {"name": "reports", "description": "What was promised and kept, and what became of an outage."},
    {"name": "escalations", "description": "Who speaks for us with a client, and who is next."},
    {"name": "conversations", "description": "What clients ask, and what is answered."},
    {"name": "channels", "description": "How people are reached, and where they may not be."},
    {"name": "approvals", "description": "Messages that wait for a person's yes."},
    {"name": "stream", "description": "What changes, as it changes."},
    {"name": "directory", "description": "Clients, systems, teams, plans: who is told what."},
    {"name": "keys", "description": "Who may call, and what they may do."},
    {"name": "links", "description": "Signed links that one person got in a message."},
    {"name": "about", "description": "This service itself."},
]
DESCRIPTION = (
    "Takes alerts and incidents in, decides which clients are concerned, and publishes what"
    " happened. Send `Authorization: Bearer <key>`. Errors are problem documents (RFC 9457)"
    " whose types `/problems` lists; lists are pages with `limit` and `cursor`; every POST takes"
    " an `Idempotency-Key`."
)

NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}
"""The framework's own spans hold the whole path, in which a key or a token may stand."""

ROUTERS: tuple[APIRouter, ...] = (
    ingest.router,
    list_routes.router,
    incidents.router,
    update_routes.router,
    update_routes.no_news_router,
    hold_routes.router,
    attention.router,
    closing_routes.router,
    preview.router,
    timeline.router,
    reviews.router,
    reporting.router,
    maintenance.router,
    maintenance_reading.router,
    absence_routes.router,
    duty.router,
    escalations.router,
    simulation.router,
    approvals.router,
    conversations.router,
    conversations.asking_router,
    reply_routes.router,
    suppression_routes.router,
    channel_routes.router,
    resend_routes.router,
    stream.router,
    directory.router,
    *(entry_routes.router_of(kind) for kind in KINDS if kind is not PROVIDER),
    version_routes.router,
    contact_routes.router,
    destination_routes.router,
    readiness.router,
    links.router,
    review_links,
    feedback,
    confirm,
    destination,
    approve.router,
    keys.router,
    problem.router,
)


def create_app(
    parts: Parts,
    writer: DirectoryWriter,
    link_keys: LinkKeys,
    dispatcher: Dispatcher,
    escalation: Escalation,
    hub: Hub,
    *,
    extra_routes: Sequence[BaseRoute] = (),
) -> FastAPI:
    """``extra_routes`` are the runtime's health and metrics."""
    app = FastAPI(
        title="Tocsin incident API",
        version="1",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url="/docs",
        redoc_url=None,
        strict_content_type=False,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    app.state.parts = parts
    app.state.directory_writer = writer
    app.state.link_keys = link_keys
    app.state.dispatcher = dispatcher
    app.state.escalation = escalation
    app.state.stream = hub
    app.state.typesetter = Typesetter()
    handlers.install(app)
    app.add_middleware(BodyGuard)
    app.add_middleware(AccessLog)
    app.add_middleware(TracedRequests)
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.extend(extra_routes)
    return app
