"""The one place that names concrete parts: an event's way through this service on one screen.

directory, contacts ─→ DirectoryIntake ─→ the copy ─→ Releaser ─┐
incidents, escalations ─→ Intake: planning ─→ delivery rows ────┴→ DeliveryWorker: gate,
render, send, record ─→ outbox ─→ notifications
"""

from __future__ import annotations

from pathlib import Path

from tocsin_contracts.registry import (
    CONTACTS,
    DIRECTORY,
    ESCALATIONS,
    INCIDENTS,
    NOTIFICATIONS,
    Topic,
)
from tocsin_runtime import migrations
from tocsin_runtime.clock import Clock, SystemClock
from tocsin_runtime.consumer import Consumer, Handler
from tocsin_runtime.database import Database
from tocsin_runtime.garbage import collect_rarely
from tocsin_runtime.health import Health
from tocsin_runtime.health_app import health_app
from tocsin_runtime.housekeeping import Housekeeping
from tocsin_runtime.main import Parts
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.process import Component, HttpServer
from tocsin_runtime.rebuild import rebuild_from
from tocsin_runtime.relay import Relay

from dispatcher.callbacks.voice_parts import call_watch
from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.registry import build_channels
from dispatcher.core import Channels, Core, build_core
from dispatcher.delivery.health_keeper import HealthKeeper
from dispatcher.delivery.listener import Listener
from dispatcher.forgetting import FORGET
from dispatcher.front import NO_FRONT, build_front
from dispatcher.intake import restoring
from dispatcher.rendering.templates import compile_all
from dispatcher.settings import Settings, public_base

NAME = "dispatcher"
ROLES = ("http", "consume", "deliver")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


async def build(settings: Settings, roles: frozenset[str]) -> Parts:
    """Everything of ``roles``; the relay runs in each, since each writes the outbox."""
    clock = SystemClock()
    providers = HealthRegistry(clock)
    channels = _channels(settings, providers)
    database = await Database.open(
        settings.database_url.get_secret_value(), max_size=settings.database_pool_size
    )
    relay = Relay(database, settings)
    outbox = Outbox(database, relay.wake, epoch=settings.epoch)
    delivers = "deliver" in roles
    core = build_core(
        settings, database, outbox, clock, channels, health=providers, delivers_here=delivers
    )
    consumers = _consumers(core, settings, relay)
    health = _health(database, clock)
    components: list[Component] = [relay, Housekeeping(database, FORGET), core.editor]
    if "consume" in roles:
        health.watch(consumers)
        components += [*consumers, core.releaser, core.timers]
    if delivers:
        components += await _delivering(core, settings, channels, providers)
    front = build_front(core, settings, providers, channels) if "http" in roles else NO_FRONT
    components += front.listeners
    app = health_app([*health.routes(), *front.routes])
    components.append(HttpServer(app, host=settings.http_host, port=settings.http_port))

    async def close() -> None:
        await front.close()
        for channel in channels.values():
            await channel.close()
        await database.close()

    return Parts(components, close, database, {one.name: one.processor for one in consumers})


def _channels(settings: Settings, providers: HealthRegistry) -> Channels:
    return build_channels(
        settings,
        egress=settings.egress,
        environment=settings.environment,
        base=public_base(settings),
        health=providers,
    )


async def _delivering(
    core: Core, settings: Settings, channels: Channels, providers: HealthRegistry
) -> list[Component]:
    compile_all()
    collect_rarely()
    for channel in channels.values():
        await channel.open()
    database, outbox, clock = core.database, core.outbox, core.clock
    return [
        core.worker,
        *call_watch(settings, core.receipts, database, outbox, clock),
        Listener(database, core.worker.wake),
        HealthKeeper(database, outbox, clock, providers),
    ]


async def rebuild(settings: Settings) -> None:
    """State from the log, telling nobody: people first, then incidents and escalations."""
    clock = SystemClock()
    database = await Database.open(settings.database_url.get_secret_value())
    outbox = Outbox(database)
    core = build_core(settings, database, outbox, clock, {})
    core.intake.quiet()
    relay = Relay(database, settings)
    try:
        for consumer, topic in zip(_consumers(core, settings, relay), _TOPICS, strict=True):
            await rebuild_from(settings, consumer.processor, [topic])
        told = _consumer("told", restoring.notifications, NOTIFICATIONS, core, settings, relay)
        await rebuild_from(settings, told.processor, [NOTIFICATIONS])
    finally:
        await database.close()


_TOPICS: tuple[Topic, ...] = (DIRECTORY, CONTACTS, INCIDENTS, ESCALATIONS)


def _consumers(core: Core, settings: Settings, relay: Relay) -> list[Consumer]:
    handlers: dict[str, Handler] = {
        "directory": core.directory.directory,
        "contacts": core.directory.contacts,
        "incidents": core.intake.incidents,
        "escalations": core.intake.escalations,
    }
    return [
        _consumer(name, handler, topic, core, settings, relay)
        for (name, handler), topic in zip(handlers.items(), _TOPICS, strict=True)
    ]


def _consumer(
    name: str, handler: Handler, topic: Topic, core: Core, settings: Settings, relay: Relay
) -> Consumer:
    return Consumer(
        service=NAME,
        name=name,
        topics=[topic],
        handler=handler,
        database=core.database,
        settings=settings,
        clock=core.clock,
        on_dead_letter=relay.wake,
    )


def _health(database: Database, clock: Clock) -> Health:
    health = Health(clock)

    async def version() -> str | None:
        return await migrations.current_version(database.pool)

    health.add_check("schema", migrations.schema_fits(version, MIGRATIONS))
    return health
