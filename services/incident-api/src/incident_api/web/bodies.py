"""What a body may be, before anything reads it: its size and its content type, by address."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from incident_api.web.problem import Problem

MEGABYTE = 1_000_000
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
YAML_TYPES = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class BodyRule:
    """``types`` ``None`` accepts any content type: monitoring tools send what they like."""

    prefix: str
    limit: int
    types: frozenset[str] | None


LINKS = ("take", "approve", "feedback", "confirm", "destination")

RULES = (
    BodyRule("/v1/ingest/", 5 * MEGABYTE, None),
    BodyRule("/v1/directory", 5 * MEGABYTE, JSON_TYPES | YAML_TYPES),
    *(BodyRule(f"/{link}/", 16_384, frozenset({FORM})) for link in LINKS),
    BodyRule("/", MEGABYTE, JSON_TYPES),
)
"""The first whose prefix fits counts."""


class BodyGuard:
    """Answers 413 and 415 itself, so that no oversized body is ever held in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rule = next(rule for rule in RULES if scope["path"].startswith(rule.prefix))
        problem = _too_large(scope, rule) or _wrong_type(scope, rule)
        if problem is not None:
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, _counted(receive, rule), send)


def _counted(receive: Receive, rule: BodyRule) -> Receive:
    """For a body that comes in chunks and does not say how long it will be."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > rule.limit:
            raise _limit_problem(rule)
        return message

    return counted


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _too_large(scope: Scope, rule: BodyRule) -> Problem | None:
    length = _header(scope, b"content-length")
    if length is not None and length.isdigit() and int(length) > rule.limit:
        return _limit_problem(rule)
    return None


def _limit_problem(rule: BodyRule) -> Problem:
    return Problem(
        "body-too-large",
        f"The body is larger than the {rule.limit:,} bytes this address takes; send less at once.",
    )


def _wrong_type(scope: Scope, rule: BodyRule) -> Problem | None:
    """No content type at all passes as JSON: the header matters only where it says otherwise."""
    given = _header(scope, b"content-type")
    has_body = _header(scope, b"content-length") not in (None, "0") or _header(
        scope, b"transfer-encoding"
    )
    if rule.types is None or given is None or not has_body:
        return None
    media_type = given.partition(";")[0].strip().lower()
    if media_type in rule.types:
        return None
    return Problem(
        "unsupported-media-type",
        f"Content-Type {media_type[:80]!r} is not accepted here; send {_listed(rule.types)}.",
        headers={"Accept": ", ".join(sorted(rule.types))},
    )


def _listed(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))
