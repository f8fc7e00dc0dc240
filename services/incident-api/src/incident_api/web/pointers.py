"""Where in a request something is wrong: pydantic's errors as JSON pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from incident_api.web.field_error import FieldError
from incident_api.web.sentences import causes, sentence

_OUTSIDE_BODY = {"query": "?", "path": "path:", "header": "header:", "cookie": "cookie:"}


ALTERNATIVE = "|"
"""Begins the tag of a union's member, which is no part of the document."""


def pointer_to(location: Sequence[str | int]) -> str:
    """``("clients", 0, "a/b")`` → ``"/clients/0/a~1b"``."""
    parts = [str(part) for part in location]
    named = [part for part in parts if not part.startswith(ALTERNATIVE)]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in named)


def request_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """For FastAPI's errors, whose location begins with the part of the request."""
    return [FieldError(_request_pointer(e["loc"]), sentence(e)) for e in causes(errors)]


def _request_pointer(location: Sequence[str | int]) -> str:
    part, rest = str(location[0]), location[1:]
    if part in _OUTSIDE_BODY:
        return _OUTSIDE_BODY[part] + ".".join(str(piece) for piece in rest)
    return pointer_to(rest)
