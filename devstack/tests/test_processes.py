"""Children end with whoever started them, however that one ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from devstack.backing.ports import wait_until
from devstack.processes import end, last_lines, spawn

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True);"
    " time.sleep(600)"
)
PARENT = """
import sys, time
from pathlib import Path
from devstack.processes import spawn
child = spawn([sys.executable, "-c", "import time; time.sleep(600)"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log")], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not gone(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: gone(child), seconds=10)


def test_a_child_that_will_not_end_is_made_to(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn([sys.executable, "-c", STUBBORN], log=log)
    assert wait_until(lambda: last_lines(log) == "on", seconds=10)
    end(process, seconds=0.2)
    assert process.returncode == -signal.SIGKILL


def test_ending_what_ended_is_no_error(tmp_path: Path) -> None:
    process = spawn(SLEEPER, log=tmp_path / "log")
    end(process)
    end(process)
    assert process.returncode == -signal.SIGTERM
