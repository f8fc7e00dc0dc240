"""Where in a request something is wrong: pydantic's errors as JSON pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from incident_api.web.field_error import FieldError

_OUTSIDE_BODY = {"query": "?", "path": "path:", "header": "header:", "cookie": "cookie:"}

_SENTENCES = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field.",
    "string_unicode": "This text holds half of a surrogate pair, which is not valid Unicode.",
    "timezone_aware": "This time needs an offset, such as 2026-11-24T09:52:00+01:00.",
}


def pointer_to(location: Sequence[str | int]) -> str:
    """``("clients", 0, "a/b")`` → ``"/clients/0/a~1b"``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def request_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """For FastAPI's errors, whose location begins with the part of the request."""
    return [FieldError(_request_pointer(e["loc"]), sentence(e)) for e in errors]


def _request_pointer(location: Sequence[str | int]) -> str:
    part, rest = str(location[0]), location[1:]
    if part in _OUTSIDE_BODY:
        return _OUTSIDE_BODY[part] + ".".join(str(piece) for piece in rest)
    return pointer_to(rest)


def sentence(error: Mapping[str, Any]) -> str:
    known = _SENTENCES.get(str(error["type"]))
    if known is not None:
        return known
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if message.endswith(".") else message + "."
