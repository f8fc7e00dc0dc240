"""A notice as an automatic call says it: who calls, what is the matter, which keys answer."""

from __future__ import annotations

import re

from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading

LONGEST = 62
"""Words in 25 seconds, at 150 a minute, the keys included."""
_OPTIONAL = re.compile(r"\?(\d)\s+")


def voice_text(parts: Parts, notice: Notice, reading: Reading) -> str:
    """As in a text message, a sentence that begins ``?1 `` may be left out, ``?2 `` before it."""
    opening = _opening(parts, notice, reading)
    keys = parts.own_or_frame("keys")
    sentences = [*parts.of_frame("voice_late"), *_sentences(parts)]
    ranked = [_ranked(sentence) for sentence in sentences]
    for most in sorted({rank for rank, _ in ranked} | {0}, reverse=True):
        said = " ".join([*opening, *(words for rank, words in ranked if rank <= most), *keys])
        if len(said.split()) <= LONGEST:
            break
    return said


def machine_text(parts: Parts, notice: Notice, reading: Reading) -> str:
    """What an answering machine is left with: who calls, the first fact, the next word and the
    desk's number; no keys."""
    first = [words for _, words in map(_ranked, _sentences(parts)[:1])]
    return " ".join([*_opening(parts, notice, reading), *first, *parts.of_frame("machine")])


def _opening(parts: Parts, notice: Notice, reading: Reading) -> list[str]:
    exercise = [reading.phrase("drill_spoken")] if notice.drill else []
    return [*exercise, *parts.own_or_frame("voice_opening")]


def _ranked(sentence: str) -> tuple[int, str]:
    """0 for what is always said."""
    optional = _OPTIONAL.match(sentence)
    return (int(optional[1]), sentence[optional.end() :]) if optional else (0, sentence)


def _sentences(parts: Parts) -> list[str]:
    """The kind's own; a kind without any says its fact."""
    own = parts.of_kind("voice")
    if own:
        return own
    fact = parts.fact().rstrip(".")
    return [f"{fact[:1].upper()}{fact[1:]}."] if fact else []
