"""Tries templates in a process of their own, so that one which does not end harms nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys

import structlog
from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.words import Kind

from dispatcher.preview.template_rules import Fault

log = structlog.get_logger(__name__)

SECONDS_TO_START = 20.0
SECONDS = 0.8
LONGEST_ANSWER = 1_000_000
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
"""Nothing of ours: no secret is where a template is tried."""
TOO_SLOW = Fault("/text", f"It takes longer than {SECONDS} seconds to render; make it simpler.")


class TemplateChecks:
    """Keeps one process, started when it is first needed and again after it was ended."""

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = command or (sys.executable, "-m", "dispatcher.preview.check_worker")
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def faults(self, variant: TemplateVariant, kind: Kind) -> list[Fault]:
        """What is wrong with ``variant``; nothing: it may be used."""
        asked = {"variant": variant.model_dump(mode="json"), "kind": kind.value}
        async with self._one_at_a_time:
            process = await self._running()
            answered = False
            try:
                async with asyncio.timeout(SECONDS):
                    found = await _asked(process, asked)
                answered = True
            except (TimeoutError, OSError, ValueError):
                log.warning("template_did_not_end", channel=variant.channel, kind=kind.value)
                found = [TOO_SLOW]
            finally:
                if not answered:
                    # Its answer may still come, and would be taken for the next one's.
                    await self._end()
        return found

    async def close(self) -> None:
        async with self._one_at_a_time:
            await self._end()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LONGEST_ANSWER,
                env=ENVIRONMENT,
            )
            try:
                async with asyncio.timeout(SECONDS_TO_START):
                    await _line(self._process)
            except BaseException:
                await self._end()
                raise
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _asked(process: asyncio.subprocess.Process, asked: object) -> list[Fault]:
    if process.stdin is None:
        raise OSError("the process takes no input")
    process.stdin.write(json.dumps(asked).encode() + b"\n")
    await process.stdin.drain()
    answer = json.loads(await _line(process))
    return [Fault(**fault) for fault in answer["faults"]]


async def _line(process: asyncio.subprocess.Process) -> bytes:
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise OSError("the process has ended")
    return line
