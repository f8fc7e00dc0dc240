"""What turns events into messages, and how its parts are joined: the way out, then the way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr
from tocsin_contracts import words
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.timers import TimerLoop

from dispatcher.callbacks.mail_parts import mail_marks
from dispatcher.callbacks.short_parts import shortener
from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.port import Channel
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.editing import Editor
from dispatcher.delivery.folding import Folder
from dispatcher.delivery.receiving import ReceiptBook
from dispatcher.delivery.sending import Sender
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.delivery.text_desk import TextDesk
from dispatcher.delivery.worker import DeliveryWorker
from dispatcher.directory.addresses import Seal
from dispatcher.directory.handlers import DirectoryIntake
from dispatcher.intake.channels import ChannelWishes
from dispatcher.intake.confirmations import Confirmations
from dispatcher.intake.intake import Intake, Rules
from dispatcher.intake.releaser import Releaser
from dispatcher.links.tokens import LinkMaker
from dispatcher.preview.previewer import Previewer
from dispatcher.rendering.render import Renderer
from dispatcher.replies.receiving import ReplyDesk
from dispatcher.settings import Settings

Channels = Mapping[words.Channel, Channel]


@dataclass(frozen=True)
class Ground:
    """What every part stands on."""

    settings: Settings
    database: Database
    outbox: Outbox
    clock: Clock
    channels: Channels


@dataclass(frozen=True)
class WayOut:
    """From rows that are due to messages, and what becomes of them."""

    composer: Composer
    worker: DeliveryWorker
    suppressions: Suppressions
    receipts: ReceiptBook
    replies: ReplyDesk
    editor: Editor


@dataclass(frozen=True)
class WayIn:
    """From events to rows that are due."""

    directory: DirectoryIntake
    intake: Intake
    releaser: Releaser
    timers: TimerLoop


@dataclass(frozen=True)
class Core:
    clock: Clock
    database: Database
    outbox: Outbox
    directory: DirectoryIntake
    intake: Intake
    releaser: Releaser
    worker: DeliveryWorker
    timers: TimerLoop
    previewer: Previewer
    composer: Composer
    suppressions: Suppressions
    receipts: ReceiptBook
    replies: ReplyDesk
    editor: Editor


def build_core(
    settings: Settings,
    database: Database,
    outbox: Outbox,
    clock: Clock,
    channels: Channels,
    *,
    health: HealthRegistry | None = None,
    delivers_here: bool = True,
) -> Core:
    """Tests build it with a fake clock and fake channels."""
    ground = Ground(settings, database, outbox, clock, channels)
    renderer, seal = Renderer(), Seal(value_of(settings.seal_private_key))
    out = _way_out(ground, _composer(settings, renderer, seal), health)
    if delivers_here:
        out.receipts.on_changed(out.worker.wake)
    into = _way_in(ground, out, renderer, seal, delivers_here=delivers_here)
    previewer = Previewer(database, clock, out.composer, frozenset(channels))
    return Core(clock, database, outbox, previewer=previewer, **vars(out), **vars(into))


def _composer(settings: Settings, renderer: Renderer, seal: Seal) -> Composer:
    return Composer(
        renderer,
        seal,
        _links(settings),
        settings.mail_from,
        mail_marks(settings),
        shortener(settings),
    )


def _way_out(ground: Ground, composer: Composer, health: HealthRegistry | None) -> WayOut:
    database, outbox, clock = ground.database, ground.outbox, ground.clock
    suppressions = Suppressions(outbox)
    receipts = ReceiptBook(database, outbox, clock, suppressions)
    editor = Editor(database=database, composer=composer, clock=clock, channels=ground.channels)
    replies = ReplyDesk(database=database, outbox=outbox, clock=clock, receipts=receipts)
    replies.on_answered(editor.answered)
    worker = _worker(ground, composer, suppressions, receipts, health)
    worker.on_recorded(editor.sent)
    return WayOut(composer, worker, suppressions, receipts, replies, editor)


def _worker(
    ground: Ground,
    composer: Composer,
    suppressions: Suppressions,
    receipts: ReceiptBook,
    health: HealthRegistry | None,
) -> DeliveryWorker:
    """One lease a process: folding and sending are the same holder's."""
    database, outbox, clock, lease = ground.database, ground.outbox, ground.clock, uuid7()
    folder = Folder(database=database, outbox=outbox, clock=clock, lease=lease)
    texts = TextDesk(database, ground.settings.sms_daily_cap)
    sender = Sender(composer=composer, clock=clock, folder=folder, texts=texts)
    worker = DeliveryWorker(
        database=database,
        outbox=outbox,
        clock=clock,
        sender=sender,
        lease=lease,
        channels=ground.channels,
        suppressions=suppressions,
        receipts=receipts,
        health=health,
        lease_seconds=ground.settings.lease_seconds,
    )
    folder.on_folded(worker.wake)
    return worker


def _way_in(
    ground: Ground, out: WayOut, renderer: Renderer, seal: Seal, *, delivers_here: bool
) -> WayIn:
    database, clock = ground.database, ground.clock
    confirmations = Confirmations(database, out.receipts)
    confirmations.on_answered(out.editor.answered)
    intake = Intake(
        database=database,
        outbox=ground.outbox,
        clock=clock,
        rules=_rules(ground.settings, ground.channels),
        planned=out.worker.planned if delivers_here else None,
        wishes=ChannelWishes(ground.outbox, out.suppressions),
        renderer=renderer,
        seal=seal,
        confirmations=confirmations,
    )
    releaser = Releaser(database, intake, clock)
    timers = TimerLoop(database=database, clock=clock, handler=intake.reminded)
    intake.on_parked(releaser.wake, timers.wake)
    intake.on_taken(out.editor.taken)
    return WayIn(DirectoryIntake(database, seal, releaser.wake), intake, releaser, timers)


def _rules(settings: Settings, channels: Channels) -> Rules:
    return Rules(
        channels=frozenset(channels),
        max_age=timedelta(hours=settings.max_notice_age_hours),
        client_wait=timedelta(seconds=settings.client_waiting_seconds),
    )


def _links(settings: Settings) -> LinkMaker | None:
    key = value_of(settings.link_signing_key)
    if key is None:
        return None
    return LinkMaker(signing_key=key, kid=settings.link_signing_kid, public_url=settings.public_url)


def value_of(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
