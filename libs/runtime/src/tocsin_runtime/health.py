"""Health as three questions: alive, ready to serve, making progress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tocsin_runtime.clock import Clock

Check = Callable[[], Awaitable[str | None]]
"""Answers ``None`` when all is well, else one sentence."""

STALE = timedelta(seconds=30)


class Progressing(Protocol):
    name: str
    last_progress: datetime | None


class Health:
    """The routes ``/livez``, ``/readyz``, ``/readyz/consumers`` and ``/metrics``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._checks: dict[str, Check] = {}
        self._consumers: list[Progressing] = []

    def add_check(self, name: str, check: Check) -> None:
        self._checks[name] = check

    def watch(self, consumers: Sequence[Progressing]) -> None:
        self._consumers.extend(consumers)

    def routes(self) -> list[Route]:
        return [
            Route("/livez", self._livez, include_in_schema=False),
            Route("/readyz", self._readyz, include_in_schema=False),
            Route("/readyz/consumers", self._consumers_ready, include_in_schema=False),
            Route("/metrics", _metrics, include_in_schema=False),
        ]

    async def _livez(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _readyz(self, _: Request) -> Response:
        problems = {name: await _ask(check) for name, check in self._checks.items()}
        return _answer(problems)

    async def _consumers_ready(self, _: Request) -> Response:
        now = self._clock.now()
        return _answer({c.name: _stuck(c.last_progress, now) for c in self._consumers})


def _stuck(last_progress: datetime | None, now: datetime) -> str | None:
    """A round must have reached both broker and database lately; being up is not enough."""
    if last_progress is None:
        return "no round completed yet, or halted: see the log"
    if now - last_progress > STALE:
        return f"no round completed since {last_progress.isoformat()}"
    return None


async def _ask(check: Check) -> str | None:
    try:
        return await check()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _answer(problems: dict[str, str | None]) -> Response:
    ready = not any(problems.values())
    checks = {name: problem or "ok" for name, problem in problems.items()}
    body = {"status": "ok" if ready else "unavailable", "checks": checks}
    return JSONResponse(body, status_code=200 if ready else 503)


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
