"""A whole stack as a process beside us, for benchmarks and tests that break its parts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from devstack.backing.ports import is_free, wait_until
from devstack.processes import end, last_lines, spawn
from devstack.stack import files
from devstack.stack.layout import PARTS, ROOT, Layout

START_SECONDS = 300
"""The first start fetches Kafka."""
STOP_SECONDS = 60


@dataclass
class StackProcess:
    """``document`` is ``stack.json``, read afresh each time: process ids change at restarts."""

    layout: Layout
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def document(self) -> dict[str, Any]:
        return files.read(self.layout.stack_file)

    @property
    def journal(self) -> Path:
        return self.layout.folder / "journal.jsonl"

    def pid(self, name: str) -> int:
        """The process of one part, as the supervisor last wrote it."""
        return int(self.document["pids"][name][0])

    def is_up(self) -> bool:
        return bool(self.document)

    def ended(self) -> bool:
        return self.process.poll() is not None


@contextmanager
def running_stack(
    environment: Mapping[str, str] | None = None, *, keep: bool = False
) -> Iterator[StackProcess]:
    """Start a fresh stack on free ports; stop it at the end, and forget it unless ``keep``."""
    layout = Layout(free_port_base())
    shutil.rmtree(layout.folder, ignore_errors=True)
    layout.state.mkdir(exist_ok=True)
    log = layout.state / f"stack-{layout.port_base}.log"
    log.unlink(missing_ok=True)
    started = {**os.environ, **(environment or {}), "PORT_BASE": str(layout.port_base)}
    process = spawn(
        [sys.executable, "-m", "devstack", "run"], log=log, env={**started, "PYTHONPATH": str(ROOT)}
    )
    stack = StackProcess(layout, process, log)
    try:
        wait_until(lambda: stack.is_up() or stack.ended(), seconds=START_SECONDS)
        if not stack.is_up():
            raise RuntimeError(f"The stack did not come up:\n{last_lines(log)}")
        yield stack
    finally:
        end(process, seconds=STOP_SECONDS)
        if not keep:
            shutil.rmtree(layout.folder, ignore_errors=True)
            log.unlink(missing_ok=True)


def free_port_base(first: int = 20_000) -> int:
    """The lowest base from ``first`` on whose ports are all free."""
    for base in range(first, 60_000, 100):
        if all(map(partial(is_free), range(base, base + len(PARTS)))):
            return base
    raise RuntimeError("No free block of ports between 20000 and 60000.")
