"""Lists in pages: ``?limit=`` and an opaque ``?cursor=``."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query

from incident_api.web.problem import Problem, invalid

MOST = 200
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page:
    """``after`` is what :func:`paged` wrote of the last row of the page before, else ``None``."""

    limit: int
    after: tuple[str, ...] | None

    @property
    def fetch(self) -> int:
        """How many rows to ask for: one more than shown tells whether there is a next page."""
        return self.limit + 1


def page(
    limit: Annotated[int, Query(ge=1, le=MOST, description="how many, at most 200")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="next_cursor of the page before")
    ] = None,
) -> Page:
    return Page(limit, None if cursor is None else _decode(cursor))


WithPage = Annotated[Page, Depends(page)]
"""For a route's signature: ``page: WithPage``."""


def paged(
    rows: Sequence[Row],
    page: Page,
    *,
    shown: Callable[[Row], Any],
    position: Callable[[Row], Sequence[str]],
) -> dict[str, Any]:
    """The answer's body for ``rows``, of which ``page.fetch`` were asked for.

    ``position`` gives the values the next page's query continues after.
    """
    items = rows[: page.limit]
    more = len(rows) > page.limit
    return {
        "items": [shown(row) for row in items],
        "next_cursor": _encode(position(items[-1])) if more else None,
    }


def foreign_cursor() -> Problem:
    """For a route whose query can make nothing of ``page.after`` either."""
    return invalid("?cursor", "This cursor is not one of ours; begin without a cursor.")


def _encode(position: Sequence[str]) -> str:
    raw = json.dumps(list(position), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cursor: str) -> tuple[str, ...]:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        raise foreign_cursor()
    return tuple(found)
