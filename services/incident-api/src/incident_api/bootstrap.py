"""The one place that names concrete parts: what this service is made of, and how it is joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from tocsin_contracts.registry import ESCALATIONS, NOTIFICATIONS
from tocsin_runtime import migrations
from tocsin_runtime.clock import Clock, SystemClock
from tocsin_runtime.consumer import Consumer
from tocsin_runtime.database import Database
from tocsin_runtime.health import Health
from tocsin_runtime.health_app import health_app
from tocsin_runtime.housekeeping import Housekeeping, Tidy
from tocsin_runtime.main import Parts as ServiceParts
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.process import Component, HttpServer
from tocsin_runtime.rebuild import rebuild_from
from tocsin_runtime.relay import Relay
from tocsin_runtime.timers import TimerLoop

from incident_api.app import create_app
from incident_api.channels.destinations_store import ForgetExpired
from incident_api.channels.handlers import ChannelsHeard
from incident_api.clocks.clocks import Clocks, Firing, Handlers, together
from incident_api.conversations.handlers import Heard
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.policy_advice import advise_on_policies
from incident_api.directory.sealing import sealing
from incident_api.duty import absences_store
from incident_api.duty import store as duty_store
from incident_api.duty.advice import advise_on_teams
from incident_api.duty.fetching import CalendarFetcher
from incident_api.duty.rostering import roster
from incident_api.duty.watching import DutyWatch
from incident_api.escalations.versions import advise_on_running
from incident_api.first_start import FirstStart
from incident_api.forgetting import forget_person
from incident_api.forwarding.dispatcher import DispatcherClient
from incident_api.forwarding.escalation import EscalationClient
from incident_api.incidents import publication_clock, releasing
from incident_api.incidents.store import open_client_keys
from incident_api.intake import handlers as intake
from incident_api.links.tokens import LinkKeys
from incident_api.maintenance import handlers as maintenance
from incident_api.readiness.advice import warn_of_silence
from incident_api.readiness.words_advice import check_words
from incident_api.settings import Settings
from incident_api.sources import after_maintenance
from incident_api.stream import store as stream_store
from incident_api.stream.announcing import Announcer
from incident_api.stream.hub import Hub
from incident_api.stream.presenting import Presenter
from incident_api.web.idempotency import forget_answers
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
    outbox = Outbox(database, relay.wake, epoch=settings.epoch)
    parts = Parts(database, outbox, clock, settings.public_url.rstrip("/"), Clocks(database))
    abroad = _abroad(settings)
    writer = _directory_writer(settings, parts, abroad.dispatcher)
    first_start = FirstStart(database, writer, clock, _bootstrap_key(settings), settings.epoch)
    consumers = [_intake(parts, writer, settings)] if "consume" in roles else []
    health = _health(database, first_start)
    health.watch(consumers)
    components: list[Component] = [
        *_front(settings, parts, writer, abroad, health.routes(), serves="http" in roles),
        first_start,
        relay,
        Housekeeping(database, tidy=_tidy(clock)),
        Announcer(database),
        *consumers,
    ]
    if "consume" in roles:
        components += [_timers(parts), _duty_watch(settings, parts, writer, abroad.calendars)]

    async def close() -> None:
        await abroad.close()
        await database.close()

    return ServiceParts(components, close, database, {one.name: one.processor for one in consumers})


@dataclass(frozen=True)
class Abroad:
    """Whom this service speaks to by HTTP."""

    dispatcher: DispatcherClient
    escalation: EscalationClient
    calendars: CalendarFetcher

    async def close(self) -> None:
        await self.dispatcher.close()
        await self.escalation.close()
        await self.calendars.close()


def _abroad(settings: Settings) -> Abroad:
    calendars = CalendarFetcher(
        loopback_only=settings.egress == "loopback",
        allow_private=settings.duty_calendar_allow_private,
    )
    return Abroad(
        DispatcherClient(settings.dispatcher_url),
        EscalationClient(settings.escalation_url),
        calendars,
    )


def _front(
    settings: Settings,
    parts: Parts,
    writer: DirectoryWriter,
    abroad: Abroad,
    health_routes: Sequence[BaseRoute],
    *,
    serves: bool,
) -> list[Component]:
    """The HTTP port: health alone, or with ``serves`` all of the API and its streams."""
    hub = Hub(parts.database, Presenter(parts.public_url), most_streams=settings.stream_most_open)
    app: ASGIApp = health_app(health_routes)
    if serves:
        link_keys = LinkKeys(settings.link_public_keys)
        app = create_app(
            parts,
            writer,
            link_keys,
            abroad.dispatcher,
            abroad.escalation,
            hub,
            extra_routes=health_routes,
        )
    server = HttpServer(app, host=settings.http_host, port=settings.http_port)
    return [server, hub] if serves else [server]


def _timers(parts: Parts) -> TimerLoop:
    timers = timer_loop(parts)
    parts.clocks.wake_by(timers.wake)
    return timers


def _directory_writer(
    settings: Settings, parts: Parts, dispatcher: DispatcherClient
) -> DirectoryWriter:
    return DirectoryWriter(
        outbox=parts.outbox,
        clock=parts.clock,
        seal=sealing(settings.seal_public_key),
        open_clients=open_client_keys,
        forget_person=forget_person,
        roster=roster(parts.clock),
        advisers=[
            warn_of_silence,
            check_words(dispatcher),
            advise_on_teams(parts.clock),
            advise_on_policies,
            advise_on_running,
        ],
    )


def _tidy(clock: Clock) -> list[Tidy]:
    return [
        forget_answers(clock),
        ForgetExpired(clock),
        stream_store.tidy,
        absences_store.forget_ended(clock),
        duty_store.count_failing,
    ]


def _duty_watch(
    settings: Settings, parts: Parts, writer: DirectoryWriter, calendars: CalendarFetcher
) -> DutyWatch:
    return DutyWatch(
        database=parts.database,
        writer=writer,
        clock=parts.clock,
        fetch=calendars,
        refresh=timedelta(minutes=settings.duty_refresh_minutes),
    )


def timer_loop(parts: Parts) -> TimerLoop:
    """What this service does by itself when its moment comes; tests build it with a fake clock."""
    handlers: Handlers = together(
        publication_clock.handlers(parts),
        releasing.handlers(parts),
        maintenance.handlers(parts.outbox, parts.clocks),
        after_maintenance.handlers(parts),
    )
    return TimerLoop(database=parts.database, clock=parts.clock, handler=Firing(handlers))


def heard_from(parts: Parts, writer: DirectoryWriter, *, publish: bool = True) -> intake.Handle:
    """What the other services say; ``publish`` false: nobody is told of it, it is only kept.

    What may write the directory comes last: the others read it.
    """
    return intake.one_after_another(
        intake.handle,
        Heard(parts, publish=publish),
        ChannelsHeard(writer if publish else None),
    )


def _intake(
    parts: Parts, writer: DirectoryWriter, settings: Settings, *, publish: bool = True
) -> Consumer:
    """What dispatcher and escalation did comes back for the timeline, and what readers wrote."""
    return Consumer(
        service=NAME,
        name="intake",
        topics=(NOTIFICATIONS, ESCALATIONS),
        handler=heard_from(parts, writer, publish=publish),
        database=parts.database,
        settings=settings,
        clock=parts.clock,
    )


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


async def rebuild(settings: Settings) -> None:
    """What dispatcher and escalation did, and what readers wrote; all else is our own."""
    database = await Database.open(settings.database_url.get_secret_value())
    dispatcher = DispatcherClient(settings.dispatcher_url)
    try:
        outbox = Outbox(database, epoch=settings.epoch)
        parts = Parts(database, outbox, SystemClock(), settings.public_url, Clocks(database))
        writer = _directory_writer(settings, parts, dispatcher)
        consumer = _intake(parts, writer, settings, publish=False)
        await rebuild_from(settings, consumer.processor, (NOTIFICATIONS, ESCALATIONS))
    finally:
        await dispatcher.close()
        await database.close()
