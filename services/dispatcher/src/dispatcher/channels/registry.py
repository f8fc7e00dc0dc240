"""Every channel there is. A new one: its file, its settings class below, its line below."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from tocsin_contracts import words

from dispatcher.channels.apprise import AppriseChannel, AppriseSettings
from dispatcher.channels.egress import Egress, parse_redirects
from dispatcher.channels.email import EmailChannel, EmailSettings
from dispatcher.channels.http import HttpSession
from dispatcher.channels.port import Channel
from dispatcher.channels.redirect import RedirectedChannel
from dispatcher.channels.slack import SlackChannel, SlackSettings
from dispatcher.channels.sms import SmsChannel, SmsSettings
from dispatcher.channels.teams import TeamsChannel, TeamsSettings
from dispatcher.channels.voice import VoiceChannel, VoiceSettings
from dispatcher.channels.webhook import WebhookChannel, WebhookSettings


class ChannelSettings(
    EmailSettings,
    SmsSettings,
    VoiceSettings,
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
) -> dict[words.Channel, Channel]:
    """Closed channels: ``await channel.open()`` each before its first send.

    One HTTP session serves every provider. Teams and webhooks have their own, whose rule about
    addresses is stricter: those URLs are chosen by clients. ``base`` is where
    providers reach us.
    """
    guard = Egress.of(egress, environment)
    http = HttpSession(guard.socket_for, connections=100)
    channels: list[Channel] = [
        EmailChannel(settings, guard),
        SmsChannel(settings, guard, http, base),
        VoiceChannel(settings, guard, http, base),
        SlackChannel(settings, guard, http),
        TeamsChannel(settings, guard),
        WebhookChannel(settings, guard),
        AppriseChannel(settings, guard),
    ]
    redirects = parse_redirects(settings.redirect_all_to)
    if redirects:
        channels = [RedirectedChannel(channel, redirects) for channel in channels]
    return {channel.name: channel for channel in channels}
