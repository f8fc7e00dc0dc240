"""Strong ETags from an entry's own counter, and ``If-Match`` (RFC 9110, 13.1.1)."""

from __future__ import annotations

from fastapi import Request

from incident_api.web.problem import Problem


def etag(number: int) -> str:
    """The strong ETag of a sequence or revision."""
    return f'"{number}"'


def check_if_match(request: Request, current: int | None) -> None:
    """Raise 412 unless the request names the state it was written on; without the header: fine.

    ``current`` is ``None`` where nothing exists yet, which no tag and no ``*`` matches.
    """
    header = request.headers.get("if-match")
    if header is None or _matches(header, current):
        return
    now = "it does not exist" if current is None else f"it is now {etag(current)}"
    raise Problem(
        "precondition-failed",
        f"If-Match names {header}, but {now}; read it again and repeat your change.",
    )


def _matches(header: str, current: int | None) -> bool:
    if current is None:
        return False
    wanted = [part.strip() for part in header.split(",")]
    return "*" in wanted or etag(current) in wanted
