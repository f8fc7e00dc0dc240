"""One channel beside the provider it speaks to, as the conformance suite sees them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
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
from services.dispatcher.tests.conformance.entries import ENTRIES
from services.dispatcher.tests.conformance.entry import Entry, Item

IMPATIENT = 0.3
PATIENT = 30.0
"""Seconds a channel waits for an answer: a tarpit outlasts both, a busy machine only one."""


@dataclass(frozen=True)
class Provider:
    """``address`` replaces the sandbox's, where the channel is led to another server."""

    channel: Channel
    entry: Entry
    sandbox: Sandbox
    address: str | None = None

    @property
    def name(self) -> words.Channel:
        return self.channel.name

    @property
    def secrets(self) -> tuple[str, ...]:
        return self.entry.secrets

    def destination(self, number: int = 1) -> Destination:
        address = self.address or self.entry.address_of(self.sandbox, number)
        return Destination(self.name, address, name=f"Reader {number}")

    def seen_as(self, number: int = 1) -> str:
        """What the sandbox calls the n-th reader."""
        return (self.entry.seen_as or self.entry.address_of)(self.sandbox, number)

    def key_of(self, item: Item) -> str:
        return self.entry.key_of(item)

    def received(self) -> list[Item]:
        return self.sandbox.messages(channel=self.name.value)

    def fault(self, mode: str, **more: Any) -> None:
        self.sandbox.fault(self.name.value, mode, **more)


def settings_for(sandbox: Sandbox, *, patience: float = PATIENT, **more: Any) -> ChannelSettings:
    """Every channel aimed at the sandbox."""
    aimed: dict[str, Any] = {}
    for entry in ENTRIES:
        aimed |= entry.settings(sandbox, patience)
    return ChannelSettings(**{**aimed, **more})


@contextlib.asynccontextmanager
async def speaking_to(
    sandbox: Sandbox, entry: Entry, *, patience: float = PATIENT
) -> AsyncIterator[Provider]:
    async with _open(sandbox, entry, patience, {}) as channel:
        yield Provider(channel, entry, sandbox)


@contextlib.asynccontextmanager
async def led_to(
    sandbox: Sandbox, entry: Entry, port: int, *, tls: bool
) -> AsyncIterator[Provider]:
    """The channel, led to another server on this machine than its provider's."""
    aim = entry.aimed_at("https" if tls else "http", port)
    async with _open(sandbox, entry, PATIENT, aim.settings) as channel:
        yield Provider(channel, entry, sandbox, aim.address)


@contextlib.asynccontextmanager
async def _open(
    sandbox: Sandbox, entry: Entry, patience: float, more: dict[str, Any]
) -> AsyncIterator[Channel]:
    if entry.build is not None:
        channel = entry.build({**entry.settings(sandbox, patience), **more})
    else:
        settings = settings_for(sandbox, patience=patience, **more)
        channels = build_channels(settings, egress="loopback", environment="development")
        channel = channels[entry.channel]
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


def message(key: str = "d-1", **more: Any) -> RenderedMessage:
    made = RenderedMessage(
        kind=words.Kind.INITIAL,
        subject="Mail EU: disruption on 24 November [INC-2041]",
        text=f"Mail EU has been unavailable since 09:52 CET. Reference: {key}\n",
        html="<p>Mail EU has been unavailable since 09:52 CET.</p>",
        thread=Thread(message_id=f"<{key}@nordlicht.example>"),
        from_name="Nordlicht IT service status",
        chat=ChatMessage(
            header="Mail EU down since 09:52 CET",
            fields=(ChatField("State", "investigating, critical"),),
            fallback="NEW: Mail EU down since 09:52 CET",
        ),
        payload={"type": "incident.opened", "data": {"incident": {"ref": "INC-2041"}}},
        short_text="Mail EU has been unavailable since 09:52 CET.",
    )
    return replace(made, **more)
