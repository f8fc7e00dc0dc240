"""The one place that names concrete parts: an event's way through this service on one screen.

directory ─────→ DirectoryHandler ─→ the copy ─────────────── let in who waited ─┐
incidents ─────→ Intake: copy, chains, answers, promises ─→ timers ─→ Firing: look ←┘
notifications ─→ Notifications: proof of promises ┴──────────────┴─→ outbox ─→ escalations
POST /v1/simulate ─→ Simulator: the same decisions on a case in memory ─→ its timeline
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from tocsin_contracts.registry import DIRECTORY, ESCALATIONS, INCIDENTS, NOTIFICATIONS, Topic
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
from tocsin_runtime.timers import TimerLoop

from escalation.cases.cases import Cases
from escalation.firing.handlers import Firing
from escalation.firing.recovery import Recovery
from escalation.intake.intake import Intake
from escalation.intake.notifications import Notifications
from escalation.intake.replay import Replay
from escalation.linting.linter import Linter
from escalation.linting.routes import linting_routes
from escalation.people.handlers import DirectoryHandler
from escalation.policies.erasing import forget_person
from escalation.promises.watch import PromiseWatch
from escalation.settings import Settings
from escalation.simulation.routes import simulation_routes
from escalation.simulation.simulator import Simulator

NAME = "escalation"
ROLES = ("http", "consume")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@dataclass(frozen=True)
class Core:
    """What turns events into calls; tests build it with a fake clock."""

    directory: DirectoryHandler
    intake: Intake
    notifications: Notifications
    timers: TimerLoop


def build_core(database: Database, outbox: Outbox, clock: Clock, recovery: Recovery) -> Core:
    cases = Cases(database, outbox)
    firing = Firing(database, cases)
    timers = TimerLoop(database=database, clock=clock, handler=firing, hold=recovery.holds)
    cases.on_armed(timers.wake)
    intake = Intake(cases, clock)
    directory = DirectoryHandler(intake.revision_reached, forget_person)
    return Core(directory, intake, Notifications(cases, clock), timers)


async def build(settings: Settings, roles: frozenset[str]) -> Parts:
    clock = SystemClock()
    database = await Database.open(
        settings.database_url.get_secret_value(), max_size=settings.database_pool_size
    )
    relay = Relay(database, settings)
    recovery = Recovery(clock, timedelta(seconds=settings.recovery_grace_seconds))
    core = build_core(database, Outbox(database, relay.wake, epoch=settings.epoch), clock, recovery)
    consumers = _consumers(core, settings, database, clock, relay.wake)
    # What is acknowledged comes with incidents, what was kept with notifications; a client ahead of
    # the directory waits by itself.
    recovery.watch([one for one in consumers if one.name != f"{NAME}.directory"])
    health = _health(database, clock)
    components: list[Component] = [relay, Housekeeping(database)]
    if "consume" in roles:
        health.watch(consumers)
        components += [*consumers, core.timers, PromiseWatch(database, clock)]
    app = internal_port(health, database)
    components.append(HttpServer(app, host=settings.http_host, port=settings.http_port))
    collect_rarely()
    return Parts(components, database.close, database, {c.name: c.processor for c in consumers})


def internal_port(health: Health, database: Database) -> Starlette:
    """Its health, and what incident-api asks on behalf of people; it decides nothing for real."""
    asked = [*simulation_routes(Simulator(database)), *linting_routes(Linter(database))]
    return health_app([*health.routes(), *asked])


async def rebuild(settings: Settings) -> None:
    """State from the log, calling nobody: people, incidents, what clients were told, then what we
    did about it."""
    clock = SystemClock()
    database = await Database.open(settings.database_url.get_secret_value())
    try:
        for topic, handler in rebuilding(database, clock).items():
            consumer = _consumer(topic, handler, settings, database, clock)
            await rebuild_from(settings, consumer.processor, [topic])
    finally:
        await database.close()


def rebuilding(database: Database, clock: Clock) -> dict[Topic, Handler]:
    """Which handler reads which topic, in the order in which they are read."""
    cases = Cases(database, Outbox(database))
    cases.quiet()
    intake = Intake(cases, clock, answers=False)
    return {
        DIRECTORY: DirectoryHandler(intake.revision_reached, forget_person),
        INCIDENTS: intake,
        NOTIFICATIONS: Notifications(cases, clock, answers=False),
        ESCALATIONS: Replay(cases, clock),
    }


def _consumers(
    core: Core,
    settings: Settings,
    database: Database,
    clock: Clock,
    on_dead_letter: Callable[[], None],
) -> list[Consumer]:
    handlers: dict[Topic, Handler] = {
        DIRECTORY: core.directory,
        INCIDENTS: core.intake,
        NOTIFICATIONS: core.notifications,
    }
    return [
        _consumer(topic, handler, settings, database, clock, on_dead_letter)
        for topic, handler in handlers.items()
    ]


def _consumer(
    topic: Topic,
    handler: Handler,
    settings: Settings,
    database: Database,
    clock: Clock,
    on_dead_letter: Callable[[], None] = lambda: None,
) -> Consumer:
    return Consumer(
        service=NAME,
        name=topic.name.rpartition(".")[2],
        topics=[topic],
        handler=handler,
        database=database,
        settings=settings,
        clock=clock,
        on_dead_letter=on_dead_letter,
    )


def _health(database: Database, clock: Clock) -> Health:
    health = Health(clock)

    async def version() -> str | None:
        return await migrations.current_version(database.pool)

    health.add_check("schema", migrations.schema_fits(version, MIGRATIONS))
    return health
