"""A second dispatcher beside the stack's own, started again whenever it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil

from devstack.backing.ports import free_port
from devstack.stack.children import Child, Watched
from devstack.stack_process import StackProcess


class SecondMember:
    """Same group, same database, own port; ``look`` has to be called often."""

    def __init__(self, stack: StackProcess, log: Path, **environment: str) -> None:
        port = free_port()
        of_the_first = psutil.Process(stack.pid("dispatcher")).environ()
        of_the_first.pop("LMTP_PORT", None)  # one of them takes mail in
        self.child = Child(
            name="dispatcher-2",
            command=[sys.executable, "-m", "dispatcher"],
            environment={**of_the_first, "HTTP_PORT": str(port), **environment},
            log=log,
            ready_url=f"http://127.0.0.1:{port}/readyz",
        )
        self._watched = Watched(self.child.name, self.child, time.monotonic())

    @property
    def pid(self) -> int:
        assert self.child.process is not None
        return self.child.process.pid

    def start(self) -> None:
        self.child.launch()

    def look(self, say: Callable[[str], None] = print) -> None:
        self._watched.look(time.monotonic(), say)

    def caught_up(self) -> bool:
        """Whether its consumers have read everything."""
        url = self.child.ready_url + "/consumers"
        return replace(self.child, ready_url=url).ready()

    def stop(self) -> None:
        self.child.stop(20)
