"""Start and end child processes so that none outlives the one who started it.

On Linux a child is told by the kernel the moment its parent dies (``PR_SET_PDEATHSIG``), also by
``kill -9``. The kernel means the parent *thread*, so start children from the main thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
    group: int | None = None,
    when_parent_dies: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start ``command`` with its output appended to ``log``, in a process group of its own.

    The group keeps a Ctrl-C of the terminal from reaching the child before we end it in order.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            process_group=0,
            preexec_fn=_tie_to(os.getpid(), when_parent_dies),
        )


def _tie_to(parent: int, how: signal.Signals) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    libc = _LIBC

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it died between the fork and the call above
            os._exit(1)

    return tie


def end_with_parent() -> None:
    """Be ended, too, when whoever started this process dies: ``make``, killed or crashed."""
    tie = _tie_to(os.getppid(), signal.SIGTERM)
    if tie is not None:
        tie()


def end(
    process: subprocess.Popen[bytes], *, how: signal.Signals = signal.SIGTERM, seconds: float = 10
) -> None:
    """Ask ``process`` to end, and make it end after ``seconds``; a dead one is left alone."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=seconds)


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, to say why something did not come up."""
    if not log.exists():
        return "(nothing was logged)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
