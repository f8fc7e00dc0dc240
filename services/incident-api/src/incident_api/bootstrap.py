"""The one place that names concrete parts: what this service is made of, and how it is joined."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp
from tocsin_runtime import migrations
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.health import Health
from tocsin_runtime.housekeeping import Housekeeping
from tocsin_runtime.main import Parts as ServiceParts
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.process import Component, HttpServer
from tocsin_runtime.relay import Relay

from incident_api.app import create_app
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.sealing import sealing
from incident_api.first_start import FirstStart
from incident_api.settings import Settings
from incident_api.web.forgetting import Forgetting
from incident_api.web.parts import Parts

NAME = "incident-api"
ROLES = ("http", "consume")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


async def build(settings: Settings, roles: frozenset[str]) -> ServiceParts:
    """Everything of ``roles``; the relay runs in each, since each writes the outbox."""
    clock = SystemClock()
    database = await Database.open(
        settings.database_url.get_secret_value(), max_size=settings.database_pool_size
    )
    relay = Relay(database, settings)
    outbox = Outbox(database, relay.wake)
    parts = Parts(database, outbox, clock, settings.public_url.rstrip("/"))
    writer = DirectoryWriter(
        outbox=outbox,
        clock=clock,
        seal=sealing(settings.seal_public_key),
        open_clients=open_clients,
    )
    first_start = FirstStart(database, writer, clock, _bootstrap_key(settings))
    health = _health(database, first_start)
    routes = health.routes()
    app: ASGIApp = Starlette(routes=routes)
    if "http" in roles:
        app = create_app(parts, writer, extra_routes=routes)
    components: list[Component] = [
        HttpServer(app, host=settings.http_host, port=settings.http_port),
        first_start,
        relay,
        Forgetting(database, clock),
        Housekeeping(database),
    ]
    return ServiceParts(components, database.close)


def _health(database: Database, first_start: FirstStart) -> Health:
    health = Health(SystemClock())

    async def version() -> str | None:
        return await migrations.current_version(database.pool)

    health.add_check("schema", migrations.schema_fits(version, MIGRATIONS))
    health.add_check("first start", first_start.check)
    return health


def _bootstrap_key(settings: Settings) -> str | None:
    key = settings.bootstrap_admin_key
    return None if key is None else key.get_secret_value()


async def open_clients(_conn: Connection) -> set[str]:
    """Until incidents are stored, none is open."""
    return set()
