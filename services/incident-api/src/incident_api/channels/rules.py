"""What can be sent where, and how a channel does by the copies of what was said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberType
from tocsin_contracts.words import Channel, Circuit

from incident_api.channels.model import ProviderState
from incident_api.directory.entries import Destinations

FIELD_OF = {
    Channel.EMAIL: "email",
    Channel.SMS: "phone",
    Channel.VOICE: "phone",
    Channel.SLACK: "slack",
    Channel.TEAMS: "teams",
    Channel.WEBHOOK: "webhook",
    Channel.APPRISE: "apprise",
}
"""Where the directory keeps what each channel needs."""

ADDABLE = (Channel.EMAIL, Channel.SMS, Channel.SLACK)
"""Where somebody can be asked, and answer by a link. A call goes to the number for text messages;
what holds a secret is set by the provider."""


COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
WITHOUT_TEXTS = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.PAGER})
"""The dispatcher sends nothing to either (its ``sms_numbers``)."""


def unfit_for_texts(number: str) -> str | None:
    """Why no text message can ever go to ``number`` (E.164), by Google's libphonenumber."""
    read = phonenumbers.parse(number, None)
    kind = phonenumbers.number_type(read)
    if not phonenumbers.is_valid_number(read):
        return f"{number} is no number in use; write one that takes text messages."
    if kind in COSTLY:
        return f"{number} is a premium-rate number, which gets no messages; write a mobile number."
    if kind in WITHOUT_TEXTS:
        return (
            f"{number} is a landline, which takes no text messages; write a mobile number, or set"
            " it as the contact's phone in the directory for calls."
        )
    return None


def reachable_by(destinations: Destinations) -> tuple[Channel, ...]:
    return tuple(
        channel for channel, field in FIELD_OF.items() if getattr(destinations, field) is not None
    )


@dataclass(frozen=True)
class Standing:
    """A channel as far as we heard; ``as_of`` ``None``: nothing was ever said of it."""

    channel: str
    state: str | None
    paused_by: str | None
    providers: tuple[ProviderState, ...]
    as_of: datetime | None


BEST_FIRST = (Circuit.CLOSED, Circuit.PROBING, Circuit.OPEN)


def standings(heard: Iterable[ProviderState]) -> list[Standing]:
    """Every channel there is, in one order."""
    by_channel = {
        channel: list(states)
        for channel, states in groupby(
            sorted(heard, key=lambda one: (one.channel, one.provider)), key=lambda one: one.channel
        )
    }
    return [_standing(channel, by_channel.get(channel, [])) for channel in Channel]


def _standing(channel: Channel, states: Sequence[ProviderState]) -> Standing:
    """A channel works while one of its providers does; the newest word says whether it is held."""
    if not states:
        return Standing(channel, None, None, (), None)
    newest = max(states, key=lambda one: one.at)
    found = {one.state for one in states}
    best = next(state for state in BEST_FIRST if state in found)
    state = "paused" if newest.paused_by else best.value
    return Standing(channel, state, newest.paused_by, tuple(states), newest.at)


def standing_shown(one: Standing) -> dict[str, Any]:
    """In the shape that the dispatcher answers in; what only it knows is ``None``."""
    return {
        "channel": one.channel,
        "state": one.state,
        "providers": [
            {"provider": p.provider, "state": p.state, "reason": p.reason, "since": p.at}
            for p in one.providers
        ],
        "paused_by": one.paused_by,
        "backlog": None,
        "oldest_due_at": None,
        "last_error": None,
        "last_error_at": None,
    }
