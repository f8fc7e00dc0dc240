"""A document as PDF, typeset by a process of its own with a limit of time."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import asdict
from datetime import datetime

import structlog
from pydantic_core import to_json

from incident_api.documents.page import Page

log = structlog.get_logger(__name__)

LONGEST = 20.0
"""Seconds; the demo's three pages take a quarter of one."""
AT_ONCE = 2
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG")
"""Of the environment: passwords and keys in it are no business of the typesetter's."""
_COMMAND = (sys.executable, "-m", "incident_api.documents.typesetting")


class NotTypeset(Exception):
    """The document could not be made as PDF; the log says why."""


class Typesetter:
    """At most :data:`AT_ONCE` documents at a time; others wait their turn."""

    def __init__(self, *, longest: float = LONGEST, command: tuple[str, ...] = _COMMAND) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._longest = longest
        self._command = command

    async def as_pdf(self, page: Page, *, made_at: datetime) -> bytes:
        """Raises :class:`NotTypeset`."""
        async with self._turn:
            return await self._run(to_json(asdict(page)), str(int(made_at.timestamp())))

    async def _run(self, page: bytes, made_at: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            made_at,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            made, said = await asyncio.wait_for(process.communicate(page), self._longest)
        except TimeoutError:
            raise NotTypeset(f"it took longer than {self._longest:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            log.error("not_typeset", said=said.decode(errors="replace")[-2000:])
            raise NotTypeset("the typesetter refused it")
        return made
