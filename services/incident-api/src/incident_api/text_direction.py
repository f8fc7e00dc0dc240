"""Invisible characters that steer the direction of text, kept from flipping what follows theirs.

Hebrew and Arabic need isolates and embeddings, each with its end. One without an end would turn
the words that a message puts after it, and an override shows its own letters backwards.
Source: Unicode Standard Annex 9, "Explicit Directional Formatting Characters".
"""

from __future__ import annotations

import re

_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OVERRIDES = "\u202d\u202e"
_OPENS_EMBEDDING = "\u202a\u202b" + _OVERRIDES
_OPENS_ISOLATE = "\u2066\u2067\u2068"
_ENDS_ISOLATE = "\u2069"


def settled(text: str) -> str:
    """``text`` without overrides, and without what has no partner in its line."""
    if not _STEERING.search(text):
        return text
    return "\n".join(_settled_line(line) for line in text.split("\n"))


def _settled_line(line: str) -> str:
    kept = _with_partner(line)
    return _STEERING.sub(lambda found: found[0] if found.start() in kept else "", line)


def _with_partner(line: str) -> set[int]:
    """The places of openers and ends that belong together, overrides left out."""
    waiting: list[int] = []
    kept: set[int] = set()
    for found in _STEERING.finditer(line):
        if found[0] in _OPENS_EMBEDDING + _OPENS_ISOLATE:
            waiting.append(found.start())
            continue
        opener = _opener(line, waiting, isolate=found[0] == _ENDS_ISOLATE)
        if opener is not None and line[opener] not in _OVERRIDES:
            kept |= {opener, found.start()}
    return kept


def _opener(line: str, waiting: list[int], *, isolate: bool) -> int | None:
    """Takes the opener that ends here from ``waiting``; an isolate's end ends embeddings in it."""
    if not isolate:
        return waiting.pop() if waiting and line[waiting[-1]] in _OPENS_EMBEDDING else None
    isolates = [n for n, place in enumerate(waiting) if line[place] in _OPENS_ISOLATE]
    if not isolates:
        return None
    opener = waiting[isolates[-1]]
    del waiting[isolates[-1] :]
    return opener
