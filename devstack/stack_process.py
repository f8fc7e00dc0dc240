"""A whole stack as a process beside us, for benchmarks and tests that break its parts."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstack.backing.ports import is_free, wait_until
from devstack.processes import end, last_lines, spawn
from devstack.stack import files
from devstack.stack.layout import PARTS, ROOT, STATE, Layout

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
    environment: Mapping[str, str] | None = None, *, keep: bool = False, state: Path | None = None
) -> Iterator[StackProcess]:
    """Start a fresh stack on free ports; stop it at the end, and forget it unless ``keep``.

    ``state`` is where its folder will be, apart from that of ``make run`` unless given.
    """
    layout = Layout(free_port_base(), state=state or STATE / "beside")
    shutil.rmtree(layout.folder, ignore_errors=True)
    layout.state.mkdir(parents=True, exist_ok=True)
    log = layout.state / f"stack-{layout.port_base}.log"
    log.unlink(missing_ok=True)
    ours = {"PORT_BASE": str(layout.port_base), "TOCSIN_STATE": str(layout.state)}
    started = {**os.environ, **(environment or {}), **ours, "PYTHONPATH": str(ROOT)}
    process = spawn([sys.executable, "-m", "devstack", "run"], log=log, env=started)
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


def free_port_base() -> int:
    """A base whose ports are all free; drawn, so that two runs do not reach for the same."""
    bases = list(range(10_000, 32_000, 100))  # below the ports that connections are given
    random.shuffle(bases)
    for base in bases:
        if all(map(is_free, range(base, base + len(PARTS)))):
            return base
    raise RuntimeError("No free block of ports between 10000 and 32000.")
