"""What the conformance suite has to know of the ntfy channel."""

from __future__ import annotations

from typing import Any

from dispatcher.channels.http import HttpSession
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress

from docs.example_channel.ntfy import NtfyChannel, NtfySettings
from services.dispatcher.tests.conformance.entry import Aim, Entry


def _build(settings: dict[str, Any]) -> NtfyChannel:
    """What the line in the registry does."""
    guard = Egress(loopback_only=True)
    return NtfyChannel(
        NtfySettings(**settings), guard, HttpSession(guard.socket_for, connections=100)
    )


ENTRY = Entry(
    channel=Channel.APPRISE,
    title="ntfy (example)",
    build=_build,
    settings=lambda sandbox, patience: {
        "ntfy_url": f"{sandbox.url}/ntfy",
        "ntfy_token": "tk_sandbox",
        "ntfy_timeout_seconds": patience,
    },
    address_of=lambda _, number: f"topic-of-acme-{number}",
    key_of=lambda item: str(item["text"]).rpartition("Reference: ")[2].strip(),
    aimed_at=lambda scheme, port: Aim(
        {"ntfy_url": f"{scheme}://127.0.0.1:{port}"}, "topic-of-acme-1"
    ),
    secrets=("tk_sandbox", "topic-of-acme"),
)
