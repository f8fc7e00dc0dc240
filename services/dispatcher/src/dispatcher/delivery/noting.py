"""A note to whoever speaks for us with a client, about a wish of one of its readers; written by
whoever plans messages."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts.words import Channel
from tocsin_runtime.timers import Timer

WISHES = "reader_wishes"


def wishes_for_less(
    filed: str, client_key: str, person: str, channel: Channel, now: datetime
) -> Timer:
    """``filed`` is the incident whose message they answered. Armed in the transaction that hears
    of it."""
    payload = {"client_key": client_key, "person": person, "channel": channel.value}
    return Timer(WISHES, f"{client_key}/{person}", filed, now, payload)
