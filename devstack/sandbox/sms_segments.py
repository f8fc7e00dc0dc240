"""How many parts a text message takes, and what each letter costs. Pure.

Sources: 3GPP TS 23.038 (the default alphabet and its extension table), TS 23.040 9.2.3.24.1 (the
header of a part takes six bytes); twilio.com/docs/glossary, "What is GSM-7" and "What is UCS-2".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ONE, MORE = {"GSM-7": 160, "UCS-2": 70}, {"GSM-7": 153, "UCS-2": 67}
"""Units in a message of one part, and in each part of a longer one."""

ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("\f^{}\\[~]|€")
"""An escape and a letter: two units that stand together in one part."""


@dataclass(frozen=True)
class Size:
    encoding: str
    units: int
    segments: int


def size_of(text: str) -> Size:
    gsm = set(text) <= ALPHABET | ESCAPED
    encoding = "GSM-7" if gsm else "UCS-2"
    costs = [_cost(letter, gsm=gsm) for letter in text]
    units = sum(costs)
    if units <= ONE[encoding]:
        return Size(encoding, units, 1)
    return Size(encoding, units, _parts(costs, MORE[encoding]))


def _cost(letter: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if letter in ESCAPED else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _parts(costs: Iterable[int], room: int) -> int:
    """What takes two units is not torn: it goes whole into the next part."""
    parts, used = 1, 0
    for cost in costs:
        if used + cost > room:
            parts, used = parts + 1, 0
        used += cost
    return parts
