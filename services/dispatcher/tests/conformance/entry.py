"""What the conformance suite has to know of a channel: one entry a channel, in ``entries/``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from dispatcher.channels.port import Channel
from tocsin_contracts import words

from devstack.sandbox.server import Sandbox

Item = dict[str, Any]
"""A message as the sandbox's ``GET /messages`` shows it."""


@dataclass(frozen=True)
class Aim:
    """Settings and an address that lead to some other server on this machine."""

    settings: dict[str, Any]
    address: str


@dataclass(frozen=True)
class Entry:
    """One channel and its provider in the sandbox.

    ``settings`` aims the channel at the sandbox, with so many seconds of patience for one answer.
    ``address_of`` gives the n-th reader's address, ``seen_as`` what the sandbox calls it where that
    differs. ``key_of`` reads, of what arrived, the id that a message keeps over its repeats.
    ``aimed_at`` leads the channel to another server: ``https`` is TLS from the first byte.
    ``secrets`` must never be seen in an outcome or a log.
    """

    channel: words.Channel
    settings: Callable[[Sandbox, float], dict[str, Any]]
    address_of: Callable[[Sandbox, int], str]
    key_of: Callable[[Item], str]
    aimed_at: Callable[[Literal["http", "https"], int], Aim]
    secrets: tuple[str, ...]
    seen_as: Callable[[Sandbox, int], str] | None = None
    refusal: dict[str, Any] = field(default_factory=dict)
    """Of the sandbox's ``reject``, what makes it final; where its usual one is, nothing."""
    says_when: bool = True
    """Whether the provider can say for how long a limit lasts."""
    over_http: bool = True
    believes_any_body: bool = False
    """Whether a 2xx is a yes whatever stands in its body; else a page of HTML is no answer."""

    title: str | None = None
    """What the suite calls it, where that is not the channel's own word."""
    build: Callable[[dict[str, Any]], Channel] | None = None
    """Makes the channel of its settings, where it is not in the registry."""

    @property
    def name(self) -> str:
        return self.title or self.channel.value
