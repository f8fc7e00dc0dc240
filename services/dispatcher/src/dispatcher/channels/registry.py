"""Every channel there is. A new one: its file, its settings class below, its line below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from tocsin_contracts import words
from tocsin_runtime.clock import SystemClock
from tocsin_runtime.egress import Egress

from dispatcher.channels.apprise import AppriseChannel, AppriseSettings
from dispatcher.channels.email import EmailChannel, EmailSettings
from dispatcher.channels.failover import over
from dispatcher.channels.health import PRIMARY, SECONDARY, HealthRegistry
from dispatcher.channels.http import HttpSession
from dispatcher.channels.port import Channel
from dispatcher.channels.redirect import RedirectedChannel, parse_redirects
from dispatcher.channels.second_twilio import (
    TelephoneSettings,
    second_for_sms,
    second_for_voice,
)
from dispatcher.channels.slack import SlackChannel, SlackSettings
from dispatcher.channels.sms import SmsChannel
from dispatcher.channels.smtp_settings import name_of
from dispatcher.channels.teams import TeamsChannel, TeamsSettings
from dispatcher.channels.voice import VoiceChannel
from dispatcher.channels.webhook import WebhookChannel, WebhookSettings


class ChannelSettings(
    EmailSettings,
    TelephoneSettings,
    SlackSettings,
    TeamsSettings,
    WebhookSettings,
    AppriseSettings,
):
    redirect_all_to: str | None = Field(
        default=None,
        description="Staging: where everything goes instead, `ops@example.com` or "
        "`email=ops@example.com,slack=C024`; a channel without a stand-in sends nothing.",
    )


def build_channels(
    settings: ChannelSettings,
    *,
    egress: Literal["any", "loopback"],
    environment: str,
    base: str = "http://localhost",
    health: HealthRegistry | None = None,
) -> dict[words.Channel, Channel]:
    """Closed channels: ``await channel.open()`` each before its first send.

    One HTTP session serves every provider. Teams and webhooks have their own, whose rule about
    addresses is stricter: those URLs are chosen by clients. ``base`` is where
    providers reach us.
    """
    health = health or HealthRegistry(SystemClock())
    guard = Egress.of(egress, environment)
    http = HttpSession(guard.socket_for, connections=100)
    channels: list[Channel] = [
        _email(settings, guard, health),
        _over(health, _text_messages(settings, guard, http, base)),
        _over(health, _calls(settings, guard, http, base)),
        _slack(SlackChannel(settings, guard, http), settings, health),
        TeamsChannel(settings, guard),
        WebhookChannel(settings, guard),
        AppriseChannel(settings, guard),
    ]
    redirects = parse_redirects(settings.redirect_all_to)
    if redirects:
        channels = [RedirectedChannel(channel, redirects) for channel in channels]
    return {channel.name: channel for channel in channels}


def _email(settings: EmailSettings, guard: Egress, health: HealthRegistry) -> Channel:
    """Its relays are its providers; a mail is composed once and offered to each."""
    names = [name_of(relay) for relay in settings.relays()]
    return EmailChannel(settings, guard, health=health.watch(words.Channel.EMAIL, *names))


def _slack(channel: SlackChannel, settings: SlackSettings, health: HealthRegistry) -> Channel:
    """One workspace that takes our token back says nothing of the others."""
    return channel if settings.slack_workspaces else _over(health, {PRIMARY: channel})


def _over(health: HealthRegistry, providers: Mapping[str, Channel]) -> Channel:
    """For channels whose readers share a provider: where each has an endpoint of its own, one that
    fails says nothing of the others."""
    name = next(iter(providers.values())).name
    return over(providers, health.watch(name, *providers))


def _text_messages(
    settings: ChannelSettings, guard: Egress, http: HttpSession, base: str
) -> dict[str, Channel]:
    found: dict[str, Channel] = {PRIMARY: SmsChannel(settings, guard, http, base)}
    second = second_for_sms(settings)
    if second is not None:
        found[SECONDARY] = SmsChannel(second, guard, http, base)
    return found


def _calls(
    settings: ChannelSettings, guard: Egress, http: HttpSession, base: str
) -> dict[str, Channel]:
    found: dict[str, Channel] = {PRIMARY: VoiceChannel(settings, guard, http, base)}
    second = second_for_voice(settings)
    if second is not None:
        found[SECONDARY] = VoiceChannel(second, guard, http, base)
    return found
