"""Who sent something, in words that hold no address."""

from __future__ import annotations

from tocsin_contracts.words import Channel

UNKNOWN = "unknown sender"
_ENDING = "number ending "


def sender_words(channel: Channel, sender: str, name: str | None) -> str:
    """``Jo Frei``, ``number ending 207`` or ``unknown sender``."""
    if name:
        return name
    digits = "".join(letter for letter in sender if letter.isdigit())
    if channel in (Channel.SMS, Channel.VOICE) and len(digits) >= 3:
        return f"{_ENDING}{digits[-3:]}"
    return UNKNOWN


def number_ending(words: str) -> str | None:
    """``207`` of what :func:`sender_words` says of a number."""
    return words.removeprefix(_ENDING) if words.startswith(_ENDING) else None
