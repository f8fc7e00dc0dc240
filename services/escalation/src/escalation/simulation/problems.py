"""What a question to the internal port is refused with."""

from __future__ import annotations


class Unreadable(ValueError):
    """The question is not one of ours; the message says where it is wrong, in a sentence."""


class DirectoryBehind(Exception):
    """The revision that was asked for has not arrived here yet."""
