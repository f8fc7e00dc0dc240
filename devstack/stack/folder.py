"""A stack's folder belongs to one supervisor at a time; what a dead one left is cleared away."""

from __future__ import annotations

import fcntl
import shutil
from contextlib import suppress
from functools import partial
from typing import IO

import psutil

from devstack.backing.errors import StackError
from devstack.backing.ports import is_free, wait_until
from devstack.stack import files
from devstack.stack.layout import Layout

LEFTOVER_SECONDS = 10


def take(layout: Layout) -> IO[str]:
    """Lock the folder (the kernel gives the lock back when we die) and clear what a run left."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    lock = (layout.folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StackError(
            f"A stack runs in {layout.folder} already. `make down PORT_BASE={layout.port_base}` "
            f"stops it; `make run PORT_BASE={layout.port_base + 1600}` starts another beside it."
        ) from None
    end_all(files.running(files.read(layout.stack_file)))
    layout.stack_file.unlink(missing_ok=True)
    return lock


def end_all(processes: list[psutil.Process]) -> None:
    """Ask all to end, then make them."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=LEFTOVER_SECONDS)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=LEFTOVER_SECONDS)


def empty(layout: Layout) -> None:
    """Forget all data of a former run, the lock apart."""
    for entry in layout.folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()
    layout.logs.mkdir(parents=True)


def check_ports(layout: Layout) -> None:
    """A port in use is one clear sentence, before anything is started."""
    for part, port in layout.ports.items():
        if not wait_until(partial(is_free, port), seconds=2):
            raise StackError(
                f"Port {port}, meant for {part}, is taken by another program. Stop that, or move "
                f"all of Tocsin's ports: PORT_BASE={layout.port_base + 1600} before the command."
            )
