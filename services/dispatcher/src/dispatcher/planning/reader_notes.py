"""What an account manager reads of a client's reader who wishes for less."""

from __future__ import annotations

from tocsin_contracts.words import Channel

BY = {
    Channel.EMAIL: "by email",
    Channel.SMS: "by text message",
    Channel.VOICE: "by telephone",
    Channel.SLACK: "in Slack",
    Channel.TEAMS: "in Teams",
    Channel.WEBHOOK: "by webhook",
    Channel.APPRISE: "by Apprise",
}


def wishes_for_less(name: str, client: str, channel: Channel) -> str:
    return (
        f"{name}, {client} asked {BY[channel]} to hear of critical and major outages only,"
        " from now on."
    )
