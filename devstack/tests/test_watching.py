"""What ends is started again, at once the first time, and ever more slowly if it keeps ending."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from devstack.stack.children import SETTLED_AFTER, Watched, pause_before_restart


@dataclass
class Part:
    """A process that ends by itself each time it is launched."""

    launches: int = 0
    process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        self.launches += 1
        self.process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
        self.process.wait()


@pytest.fixture
def part() -> Part:
    part = Part()
    part.launch()
    return part


def test_what_ended_is_started_again_after_its_pause(part: Part) -> None:
    said: list[str] = []
    watched = Watched("dispatcher", part, started_at=0.0)
    assert not watched.look(1.0, said.append)
    assert said == ["dispatcher ended (exit code 3); again in 0.2 s"]
    assert not watched.look(1.1, said.append)
    assert watched.look(1.2, said.append)
    assert part.launches == 2


def test_what_keeps_ending_is_started_ever_more_slowly() -> None:
    assert [pause_before_restart(number) for number in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]


def test_a_long_good_run_is_forgiven(part: Part) -> None:
    said: list[str] = []
    watched = Watched("dispatcher", part, started_at=0.0, restarts=5)
    watched.look(SETTLED_AFTER + 1, said.append)
    assert said[-1].endswith("again in 0.2 s")


def test_a_server_that_is_not_ours_is_left_alone() -> None:
    assert not Watched("postgres", Part(), started_at=0.0).look(9.0, print)
