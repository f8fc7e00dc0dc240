"""A fallback goes where nothing else was accepted in time, or as soon as all else has failed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from tocsin_contracts.words import Channel, DeliveryState

from dispatcher.gating.model import Fallback, Skip, Wait

NOT_NEEDED = "not needed: "
ARRIVED = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED})
UNDECIDED = frozenset({DeliveryState.PLANNED, DeliveryState.PENDING, DeliveryState.SENDING})


def needed(fallback: Fallback, now: datetime) -> Skip | Wait | None:
    """``None``: it is."""
    siblings = fallback.siblings
    arrived = [sibling.channel for sibling in siblings if sibling.state in ARRIVED]
    if arrived:
        return Skip(f"{NOT_NEEDED}accepted by {arrived[0].value}")
    if any(one.state is DeliveryState.SUPERSEDED for one in siblings):
        return Skip("a newer message took the place of the one it stands in for")
    until = _decided_by(fallback)
    if until is None or until <= now:
        return None
    channels = dict.fromkeys(sibling.channel for sibling in siblings)
    return Wait(until, goes_if(channels, fallback.after_minutes))


def _decided_by(fallback: Fallback) -> datetime | None:
    """How long to hope for the siblings; ``None`` where there is nothing to hope for."""
    given = timedelta(minutes=float(fallback.after_minutes))
    held = [one.due_at + given for one in fallback.siblings if one.state is DeliveryState.WAITING]
    under_way = any(one.state in UNDECIDED for one in fallback.siblings)
    return max([*held, *([fallback.deadline] if under_way else [])], default=None)


def goes_if(channels: Iterable[Channel], minutes: Decimal) -> str:
    names = " or ".join(channel.value for channel in channels)
    return f"goes if nothing is accepted by {names} within {minutes.normalize():f} minutes"
