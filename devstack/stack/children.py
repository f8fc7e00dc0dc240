"""The processes of a stack, and when one that ended is started again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from devstack.processes import end, spawn

FIRST_PAUSE, LONGEST_PAUSE, SETTLED_AFTER = 0.2, 5.0, 20.0
"""Seconds: before the first new start, at most, and after how long a start counts as good."""


def pause_before_restart(restarts: int) -> float:
    """Seconds to wait before starting again what has been started again ``restarts`` times."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2**restarts))


class Restartable(Protocol):
    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """``None`` where there is nothing of ours to start again."""
        ...

    def launch(self) -> None: ...


@dataclass
class Child:
    """One process of ours: the sandbox or a service."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready_url: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def launch(self) -> None:
        self.process = spawn(self.command, log=self.log, env=self.environment)

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ready(self) -> bool:
        try:
            return httpx.get(self.ready_url, timeout=2).is_success
        except httpx.HTTPError:
            return False

    def stop(self, seconds: float) -> None:
        if self.process is not None:
            end(self.process, seconds=seconds)


@dataclass
class Watched:
    """A process and the history of its ends; times are seconds of a monotonic clock."""

    name: str
    what: Restartable
    started_at: float
    restarts: int = 0
    due_at: float | None = None

    def look(self, now: float, say: Callable[[str], None]) -> bool:
        """Note an end, start again when the pause is over; ``True`` if it was started again."""
        process = self.what.process
        if process is None or process.poll() is None:
            return False
        if self.due_at is None:
            pause = self._note_end(now)
            say(f"{self.name} ended (exit code {process.returncode}); again in {pause:.1f} s")
            return False
        return now >= self.due_at and self._start_again(now)

    def _note_end(self, now: float) -> float:
        if now - self.started_at > SETTLED_AFTER:
            self.restarts = 0
        pause = pause_before_restart(self.restarts)
        self.restarts += 1
        self.due_at = now + pause
        return pause

    def _start_again(self, now: float) -> bool:
        self.what.launch()
        self.started_at, self.due_at = now, None
        return True
