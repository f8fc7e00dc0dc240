"""Query parameters that name one or several words, by comma."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import Query

from incident_api.web.problem import invalid

Words = TypeVar("Words", bound=StrEnum)
Listed = Annotated[str | None, Query(max_length=200, description="one or several, by comma")]


def listed(kind: type[Words], given: str | None, name: str) -> tuple[Words, ...]:
    """The words of parameter ``name``; 422 for one that ``kind`` does not have."""
    wanted = [part.strip() for part in (given or "").split(",") if part.strip()]
    known = tuple(word.value for word in kind)
    for word in wanted:
        if word not in known:
            raise invalid(f"?{name}", f"'{word}' is none of {', '.join(known)}.")
    return tuple(kind(word) for word in wanted)
