"""One channel beside the provider it speaks to, as the conformance suite sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from dispatcher.channels.message import (
    ChatField,
    ChatMessage,
    RenderedMessage,
    Thread,
)
from dispatcher.channels.port import Channel, Destination
from dispatcher.channels.registry import ChannelSettings, build_channels
from tocsin_contracts import words

from devstack.sandbox.server import Sandbox

SECRET = "whsec_c2FuZGJveC1zZWNyZXQtb2YtdGhlLWRldnN0YWNr"
SLACK_TOKEN = "xoxb-sandbox"
IMPATIENT = 0.3
PATIENT = 30.0
"""Seconds a channel waits for an answer: a tarpit outlasts both, a busy machine only one."""


@dataclass(frozen=True)
class Provider:
    """``secrets`` must never be seen in an outcome; ``key_of`` reads the id a message came with."""

    channel: Channel
    sandbox: Sandbox
    address_of: Callable[[int], str]
    key_of: Callable[[dict[str, Any]], str]
    secrets: tuple[str, ...]

    @property
    def name(self) -> words.Channel:
        return self.channel.name

    def destination(self, number: int = 1) -> Destination:
        return Destination(self.name, self.address_of(number), name=f"Reader {number}")

    def received(self) -> list[dict[str, Any]]:
        return self.sandbox.messages(channel=self.name.value)

    def fault(self, mode: str, **more: Any) -> None:
        self.sandbox.fault(self.name.value, mode, **more)


def settings_for(sandbox: Sandbox, *, patience: float = PATIENT, **more: Any) -> ChannelSettings:
    return ChannelSettings(
        **{
            "smtp_host": "127.0.0.1",
            "smtp_port": sandbox.smtp_port,
            "smtp_tls": "none",
            "smtp_reply_seconds": patience,
            "smtp_send_seconds": 10 * patience,
            "mail_from": "status@nordlicht.example",
            "slack_bot_token": SLACK_TOKEN,
            "slack_base_url": sandbox.slack_url,
            "slack_timeout_seconds": patience,
            "webhook_secret": SECRET,
            "webhook_allow_private": True,
            "webhook_timeout_seconds": patience,
            **more,
        }
    )


def provider_of(name: words.Channel, sandbox: Sandbox, **more: Any) -> Provider:
    settings = settings_for(sandbox, **more)
    channels = build_channels(settings, egress="loopback", environment="development")
    return Provider(
        channel=channels[name],
        sandbox=sandbox,
        address_of=ADDRESSES[name](sandbox),
        key_of=KEYS[name],
        secrets=(SECRET, SLACK_TOKEN, "hook-of-acme"),
    )


ADDRESSES: dict[words.Channel, Callable[[Sandbox], Callable[[int], str]]] = {
    words.Channel.EMAIL: lambda _: lambda number: f"reader-{number}@acme.example",
    words.Channel.SLACK: lambda _: lambda number: f"C{number:05}",
    words.Channel.WEBHOOK: lambda s: lambda number: f"{s.url}/webhooks/hook-of-acme-{number}",
}
KEYS: dict[words.Channel, Callable[[dict[str, Any]], str]] = {
    words.Channel.EMAIL: lambda item: str(item["headers"]["Message-ID"]),
    words.Channel.SLACK: lambda item: str(
        item["body"]["metadata"]["event_payload"]["idempotency_key"]
    ),
    words.Channel.WEBHOOK: lambda item: {k.lower(): v for k, v in item["headers"].items()}[
        "webhook-id"
    ],
}


def message(key: str = "d-1", **more: Any) -> RenderedMessage:
    made = RenderedMessage(
        kind=words.Kind.INITIAL,
        subject="Mail EU: disruption on 24 November [INC-2041]",
        text="Mail EU has been unavailable since 09:52 CET.\n",
        html="<p>Mail EU has been unavailable since 09:52 CET.</p>",
        thread=Thread(message_id=f"<{key}@nordlicht.example>"),
        from_name="Nordlicht IT service status",
        chat=ChatMessage(
            header="Mail EU down since 09:52 CET",
            fields=(ChatField("State", "investigating, critical"),),
            fallback="NEW: Mail EU down since 09:52 CET",
        ),
        payload={"type": "incident.opened", "data": {"incident": {"ref": "INC-2041"}}},
    )
    return replace(made, **more)
