"""One process: its components run side by side, and the end of any of them ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from typing import Protocol

import structlog
import uvicorn
from starlette.types import ASGIApp

log = structlog.get_logger()


class Component(Protocol):
    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then finish what is under way and return."""
        ...


class HttpServer:
    """Serves one ASGI application until told to stop, then lets open requests finish."""

    def __init__(self, app: ASGIApp, *, host: str, port: int, grace_seconds: int = 10) -> None:
        self.name = "http"
        self._server = _Server(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=grace_seconds,
            )
        )

    async def run(self, stop: asyncio.Event) -> None:
        serving = asyncio.create_task(self._server.serve())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The process handles signals, for all of its components at once."""

    def capture_signals(self):  # type: ignore[no-untyped-def]
        from contextlib import nullcontext

        return nullcontext()


async def run_components(components: Sequence[Component], shutdown_seconds: float) -> int:
    """Run until SIGTERM or SIGINT (exit code 0) or until a component ends (exit code 1).

    A component that ends by itself, even cancelled, is a crash: its supervisor starts the process
    again. (aiokafka can end a consumer's task by cancelling it from within.)
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tasks = {asyncio.create_task(part.run(stop), name=part.name): part for part in components}
    stopping = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    crashed = not stop.is_set()
    stop.set()
    failures = [_report(task) for task in tasks if task.done()]
    await _finish(set(tasks), shutdown_seconds)
    return 1 if crashed or any(failures) else 0


async def _finish(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    running = {task for task in tasks if not task.done()}
    if not running:
        return
    _, late = await asyncio.wait(running, timeout=seconds)
    for task in late:
        log.warning("component did not finish in time", component=task.get_name())
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=2)


def _report(task: asyncio.Task[None]) -> bool:
    """Log how a component ended; true if it crashed."""
    if task.cancelled():
        log.error("component was cancelled from within", component=task.get_name())
        return True
    error = task.exception()
    if error is not None:
        log.error("component crashed", component=task.get_name(), exc_info=error)
    else:
        log.info("component ended", component=task.get_name())
    return error is not None


async def wait_for(stop: asyncio.Event, seconds: float) -> bool:
    """Wait up to ``seconds`` for ``stop``; true once it is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
