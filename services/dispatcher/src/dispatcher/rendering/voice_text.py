"""A notice as an automatic call says it: who calls, what is the matter, which keys answer."""

from __future__ import annotations

from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading


def voice_text(parts: Parts, notice: Notice, reading: Reading) -> str:
    exercise = [reading.phrase("drill_spoken")] if notice.drill else []
    return " ".join(
        [
            *exercise,
            *parts.own_or_frame("voice_opening"),
            *_sentences(parts),
            *parts.own_or_frame("keys"),
        ]
    )


def _sentences(parts: Parts) -> list[str]:
    """The kind's own; a kind without any says its fact."""
    own = parts.of_kind("voice")
    if own:
        return own
    fact = parts.fact().rstrip(".")
    return [f"{fact[:1].upper()}{fact[1:]}."] if fact else []
