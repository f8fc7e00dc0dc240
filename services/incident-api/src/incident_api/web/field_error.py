"""One wrong place in what a caller sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """A JSON pointer into the body (RFC 6901), or ``?name`` for a query parameter."""

    pointer: str
    detail: str
