"""Private characters that carry layout through a template, and how they become layout again.

They are removed from everything people write, so none can be smuggled in.
"""

from __future__ import annotations

import re

PARAGRAPH = "\ue000"
"""Between two paragraphs of a template, where its source says ¶."""
NEWLINE = "\ue001"
"""A line break that a person wrote, kept where the template's own are folded."""
SPACE = "\ue002"
"""One of several blanks in a row that a person wrote."""
HOLE = "\ue003"
"""Where a variable had no value: its whole paragraph goes."""

_FOLDABLE = re.compile(r"[ \t\n]+")
_AT_BREAK = re.compile(f" *{NEWLINE} *")
_BLANKS = re.compile(r" {2,}")


def protected(text: str) -> str:
    return _BLANKS.sub(lambda found: SPACE * len(found[0]), text).replace("\n", NEWLINE)


def restored(text: str) -> str:
    return text.replace(NEWLINE, "\n").replace(SPACE, " ")


def paragraphs(rendered: str) -> list[str]:
    """The paragraphs of a rendered block that have something to say."""
    folded = (_folded(part) for part in rendered.split(PARAGRAPH) if HOLE not in part)
    return [part for part in folded if part]


def _folded(part: str) -> str:
    one_line = _FOLDABLE.sub(" ", part)
    return restored(_AT_BREAK.sub(NEWLINE, one_line)).strip()
