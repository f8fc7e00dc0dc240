"""The letters of a text message, and what each costs.

3GPP TS 23.038: the default alphabet takes one septet a letter, its extension table two; a message
of 160 septets is one segment. One letter outside of both turns the whole message into UCS-2, of
which a segment holds 70.
"""

from __future__ import annotations

import unicodedata

SEGMENT = 160
JOINED_SEGMENT = 153
"""Of a message in several segments, each of which carries a header."""
SEGMENT_UCS2 = 70
JOINED_UCS2 = 67
LAST_OF_ONE_UNIT = 0xFFFF

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_WRITTEN = {
    "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ẞ": "SS",
    "„": '"', "“": '"', "”": '"', "«": '"', "»": '"', "‟": '"', "″": '"',
    "‚": "'", "‘": "'", "’": "'", "‹": "'", "›": "'", "`": "'", "´": "'", "′": "'",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "•": "-", "·": "-", "…": "...", "×": "x",
    "\t": " ", "\r": " ", "\f": " ", "→": "->", "←": "<-",
}  # fmt: skip
_LEFT_OUT = ("So", "Sk", "Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn")
"""Emoji, joiners, controls: a text message is as clear without them."""


def transliterated(text: str) -> str:
    """With the letters that the alphabet lacks written in those it has: ``Málaga`` as ``Malaga``.

    Letters of other scripts stay; a name that cannot be written otherwise is worth the segment.
    """
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def _letter(letter: str) -> str:
    if (letter in _BASIC and letter not in _WRITTEN) or (letter in _EXTENDED and letter != "\f"):
        return letter
    if letter in _WRITTEN:
        return _WRITTEN[letter]
    category = unicodedata.category(letter)
    if category.startswith("Z"):
        return " "
    if category in _LEFT_OUT:
        return ""
    simpler = "".join(
        part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)
    )
    return simpler if simpler and all(part in _BASIC for part in simpler) else letter


def septets(text: str) -> int | None:
    """How much of a segment ``text`` takes; ``None``: it needs UCS-2."""
    letters = frozenset(text)
    if not letters <= _BASIC:
        extended = letters - _BASIC
        if not extended <= _EXTENDED:
            return None
        return len(text) + sum(text.count(letter) for letter in extended)
    return len(text)


def fits(text: str, segments: int = 1) -> bool:
    """Whether ``text`` goes in so many segments.

    In UCS-2 one is too little to say anything in: there it may take one more.
    """
    return parts(text) <= (segments if septets(text) is not None else segments + 1)


def parts(text: str) -> int:
    """In how many segments the network carries ``text``."""
    used = septets(text)
    if used is not None:
        return 1 if used <= SEGMENT else _packed(text, _EXTENDED, JOINED_SEGMENT)
    pairs = frozenset(letter for letter in text if ord(letter) > LAST_OF_ONE_UNIT)
    units = len(text) + sum(letter in pairs for letter in text)
    return 1 if units <= SEGMENT_UCS2 else _packed(text, pairs, JOINED_UCS2)


def _packed(text: str, double: frozenset[str], room: int) -> int:
    """A letter that costs two is not torn: it goes whole into the next segment (TS 23.040)."""
    segments, used = 1, 0
    for letter in text:
        cost = 2 if letter in double else 1
        if used + cost > room:
            segments, used = segments + 1, 0
        used += cost
    return segments
