"""Everything this service answers: its own people inside, providers and readers outside.

Which of it the world may call is the ingress's matter: `/callbacks`, `/unsubscribe` and `/l`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute
from tocsin_contracts import words
from tocsin_runtime.process import Component

from dispatcher.callbacks.mail_parts import lmtp_listeners, mail_intake, mail_routes
from dispatcher.callbacks.short_parts import short_routes
from dispatcher.callbacks.slack import slack_front
from dispatcher.callbacks.twilio import text_routes
from dispatcher.callbacks.voice_parts import voice_routes
from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.port import Channel
from dispatcher.core import Core
from dispatcher.delivery.channel_routes import channel_routes
from dispatcher.preview.preview_routes import preview_routes
from dispatcher.preview.template_checks import TemplateChecks
from dispatcher.preview.template_routes import template_routes
from dispatcher.settings import Settings


async def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Front:
    """``listeners`` take what comes otherwise than by HTTP."""

    routes: Sequence[BaseRoute] = ()
    listeners: Sequence[Component] = ()
    close: Callable[[], Awaitable[None]] = _nothing


NO_FRONT = Front()


def build_front(
    core: Core,
    settings: Settings,
    providers: HealthRegistry,
    channels: Mapping[words.Channel, Channel],
) -> Front:
    checks = TemplateChecks()
    database, outbox, clock = core.database, core.outbox, core.clock
    composer, replies, receipts = core.composer, core.replies, core.receipts
    mail = mail_intake(settings, replies, receipts, clock)
    slack = slack_front(
        settings,
        egress=settings.egress,
        environment=settings.environment,
        database=database,
        replies=replies,
        composer=composer,
        clock=clock,
    )
    inside: list[BaseRoute] = [
        *preview_routes(core.previewer),
        *template_routes(checks),
        *channel_routes(database, clock, providers, channels),
    ]
    outside: list[BaseRoute] = [
        *mail_routes(settings, mail, database, outbox, clock),
        *voice_routes(settings, composer, replies, receipts, database, outbox, clock),
        *text_routes(settings, receipts, core.suppressions, replies, database, clock),
        *slack.routes,
        *short_routes(database, clock, composer.links),
    ]

    async def close() -> None:
        await checks.close()
        await slack.close()

    return Front([*inside, *outside], lmtp_listeners(settings, mail), close)
