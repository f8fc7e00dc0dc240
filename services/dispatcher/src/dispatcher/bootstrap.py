"""The one place that names concrete parts: an event's way through this service on one screen.

directory, contacts ─→ DirectoryIntake ─→ the copy ─→ Releaser ─┐
incidents, escalations ─→ Intake: planning ─→ delivery rows ────┴→ DeliveryWorker: gate,
render, send, record ─→ outbox ─→ notifications
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from tocsin_contracts import words
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
from tocsin_runtime.health import Health
from tocsin_runtime.health_app import health_app
from tocsin_runtime.housekeeping import Housekeeping
from tocsin_runtime.ids import uuid7
from tocsin_runtime.main import Parts
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.process import Component, HttpServer
from tocsin_runtime.rebuild import rebuild_from
from tocsin_runtime.relay import Relay
from tocsin_runtime.timers import TimerLoop

from dispatcher.callbacks.mail_parts import mail_marks
from dispatcher.callbacks.short_parts import shortener
from dispatcher.callbacks.voice_parts import call_watch
from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.port import Channel
from dispatcher.channels.registry import build_channels
from dispatcher.core import Core
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.editing import Editor
from dispatcher.delivery.folding import Folder
from dispatcher.delivery.health_keeper import HealthKeeper
from dispatcher.delivery.listener import Listener
from dispatcher.delivery.receiving import ReceiptBook
from dispatcher.delivery.sending import Sender
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.delivery.text_desk import TextDesk
from dispatcher.delivery.worker import DeliveryWorker
from dispatcher.directory.addresses import Seal
from dispatcher.directory.handlers import DirectoryIntake
from dispatcher.forgetting import FORGET
from dispatcher.front import NO_FRONT, build_front
from dispatcher.garbage import collect_rarely
from dispatcher.intake import restoring
from dispatcher.intake.channels import ChannelWishes
from dispatcher.intake.confirmations import Confirmations
from dispatcher.intake.intake import Intake, Rules
from dispatcher.intake.releaser import Releaser
from dispatcher.links.tokens import LinkMaker
from dispatcher.preview.previewer import Previewer
from dispatcher.rendering.render import Renderer
from dispatcher.rendering.templates import compile_all
from dispatcher.replies.receiving import ReplyDesk
from dispatcher.settings import Settings, public_base

NAME = "dispatcher"
ROLES = ("http", "consume", "deliver")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def build_core(
    settings: Settings,
    database: Database,
    outbox: Outbox,
    clock: Clock,
    channels: Mapping[words.Channel, Channel],
    *,
    health: HealthRegistry | None = None,
    delivers_here: bool = True,
) -> Core:
    seal = Seal(_value(settings.seal_private_key))
    lease = uuid7()
    folder = Folder(database=database, outbox=outbox, clock=clock, lease=lease)
    renderer = Renderer()
    composer = Composer(
        renderer,
        seal,
        _links(settings),
        settings.mail_from,
        mail_marks(settings),
        shortener(settings),
    )
    sender = Sender(
        composer=composer,
        clock=clock,
        folder=folder,
        texts=TextDesk(database, settings.sms_daily_cap),
    )
    suppressions = Suppressions(outbox)
    receipts = ReceiptBook(database, outbox, clock, suppressions)
    editor = Editor(database=database, composer=composer, clock=clock, channels=channels)
    replies = ReplyDesk(database=database, outbox=outbox, clock=clock, receipts=receipts)
    replies.on_answered(editor.answered)
    confirmations = Confirmations(database, receipts)
    confirmations.on_answered(editor.answered)
    worker = DeliveryWorker(
        database=database,
        outbox=outbox,
        clock=clock,
        sender=sender,
        lease=lease,
        channels=channels,
        suppressions=suppressions,
        receipts=receipts,
        health=health,
        lease_seconds=settings.lease_seconds,
    )
    folder.on_folded(worker.wake)
    worker.on_recorded(editor.sent)
    if delivers_here:
        receipts.on_changed(worker.wake)
    intake = Intake(
        database=database,
        outbox=outbox,
        clock=clock,
        rules=_rules(settings, channels),
        planned=worker.planned if delivers_here else None,
        wishes=ChannelWishes(outbox, suppressions),
        renderer=renderer,
        seal=seal,
        confirmations=confirmations,
    )
    releaser = Releaser(database, intake, clock)
    timers = TimerLoop(database=database, clock=clock, handler=intake.reminded)
    intake.on_parked(releaser.wake, timers.wake)
    intake.on_taken(editor.taken)
    directory = DirectoryIntake(database, seal, releaser.wake)
    previewer = Previewer(database, clock, composer, frozenset(channels))
    return Core(
        clock=clock,
        database=database,
        outbox=outbox,
        directory=directory,
        intake=intake,
        releaser=releaser,
        worker=worker,
        timers=timers,
        previewer=previewer,
        composer=composer,
        suppressions=suppressions,
        receipts=receipts,
        replies=replies,
        editor=editor,
    )


async def build(settings: Settings, roles: frozenset[str]) -> Parts:
    """Everything of ``roles``; the relay runs in each, since each writes the outbox."""
    clock = SystemClock()
    providers = HealthRegistry(clock)
    channels = build_channels(
        settings,
        egress=settings.egress,
        environment=settings.environment,
        base=public_base(settings),
        health=providers,
    )
    database = await Database.open(
        settings.database_url.get_secret_value(), max_size=settings.database_pool_size
    )
    relay = Relay(database, settings)
    outbox = Outbox(database, relay.wake, epoch=settings.epoch)
    core = build_core(
        settings,
        database,
        outbox,
        clock,
        channels,
        health=providers,
        delivers_here="deliver" in roles,
    )
    consumers = _consumers(core, settings, relay)
    health = _health(database, clock)
    components: list[Component] = [
        relay,
        Housekeeping(database, FORGET),
        core.editor,
    ]
    if "consume" in roles:
        health.watch(consumers)
        components += [*consumers, core.releaser, core.timers]
    if "deliver" in roles:
        compile_all()
        collect_rarely()
        for channel in channels.values():
            await channel.open()
        components.append(core.worker)
        components += call_watch(settings, core.receipts, database, outbox, clock)
        components.append(Listener(database, core.worker.wake))
        components.append(HealthKeeper(database, outbox, clock, providers))
    front = build_front(core, settings, providers, channels) if "http" in roles else NO_FRONT
    components += front.listeners
    app = health_app([*health.routes(), *front.routes])
    components.append(HttpServer(app, host=settings.http_host, port=settings.http_port))

    async def close() -> None:
        await front.close()
        for channel in channels.values():
            await channel.close()
        await database.close()

    return Parts(
        components, close, database, {consumer.name: consumer.processor for consumer in consumers}
    )


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


def _rules(settings: Settings, channels: Mapping[words.Channel, Channel]) -> Rules:
    return Rules(
        channels=frozenset(channels),
        max_age=timedelta(hours=settings.max_notice_age_hours),
        client_wait=timedelta(seconds=settings.client_waiting_seconds),
    )


def _links(settings: Settings) -> LinkMaker | None:
    key = _value(settings.link_signing_key)
    if key is None:
        return None
    return LinkMaker(signing_key=key, kid=settings.link_signing_kid, public_url=settings.public_url)


def _health(database: Database, clock: Clock) -> Health:
    health = Health(clock)

    async def version() -> str | None:
        return await migrations.current_version(database.pool)

    health.add_check("schema", migrations.schema_fits(version, MIGRATIONS))
    return health


def _value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
