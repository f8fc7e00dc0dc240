"""``b(…)`` of a template."""

from __future__ import annotations

from markupsafe import Markup


class Bold:
    """A label or a value to be found at a glance; plain text shows the words alone."""

    def __init__(self, words: object) -> None:
        self._words = words

    def __str__(self) -> str:
        return str(self._words)

    def __html__(self) -> str:
        return Markup("<strong>{}</strong>").format(self._words)


def bold(words: object) -> Bold | None:
    """Nothing stays nothing, and takes its line with it."""
    return None if words is None else Bold(words)
