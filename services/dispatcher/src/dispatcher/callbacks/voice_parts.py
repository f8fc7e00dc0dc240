"""What this service needs to speak on the telephone, from its settings."""

from __future__ import annotations

from starlette.routing import Route
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.egress import Egress
from tocsin_runtime.outbox import Outbox

from dispatcher.callbacks.twilio_signed import TwilioSignature
from dispatcher.callbacks.voice import VoiceCallbacks
from dispatcher.callbacks.voice_ending import CallEnds
from dispatcher.callbacks.voice_watch import CallWatch
from dispatcher.channels.http import HttpSession
from dispatcher.channels.second_twilio import second_for_voice
from dispatcher.channels.twilio import twilio_client
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.receipts import Receipts
from dispatcher.replies.inbound import Replies
from dispatcher.settings import Settings, public_base


def voice_routes(
    settings: Settings,
    composer: Composer,
    replies: Replies,
    receipts: Receipts,
    database: Database,
    outbox: Outbox,
    clock: Clock,
) -> list[Route]:
    """Without a Twilio account they refuse everybody: nobody could sign."""
    base = public_base(settings)
    return VoiceCallbacks(
        database=database,
        composer=composer,
        replies=replies,
        receipts=receipts,
        ends=CallEnds(database, outbox, receipts),
        clock=clock,
        signature=TwilioSignature.of(settings, base),
        base=base,
    ).routes()


def call_watch(
    settings: Settings, receipts: Receipts, database: Database, outbox: Outbox, clock: Clock
) -> list[CallWatch]:
    """None without an account."""
    guard = Egress.of(settings.egress, settings.environment)
    http = HttpSession(guard.socket_for, connections=10)
    accounts = [settings, second_for_voice(settings)]
    clients = [twilio_client(one, http) for one in accounts if one is not None]
    known = [client for client in clients if client is not None]
    watch = CallWatch(
        database=database,
        clients=known,
        http=http,
        ends=CallEnds(database, outbox, receipts),
        clock=clock,
        seconds=settings.twilio_timeout_seconds,
    )
    return [watch] if known else []
