"""``make down``: stop a running stack by what its ``stack.json`` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil

from devstack.stack import files, folder
from devstack.stack.layout import STATE, Layout

SECONDS = 40
NAMES = ("data", "demo")


def stop_running(port_base: int | None) -> int:
    """The stack on ``port_base``, or the one started last; nothing running is fine too."""
    stopped = [path for path in _stack_files(port_base) if _stop(files.read(path))]
    if not stopped:
        print("Nothing is running." if port_base is None else f"Nothing runs on {port_base}.")
    return 0


def _stack_files(port_base: int | None) -> list[Path]:
    if port_base is not None:
        return [Layout(port_base, name).stack_file for name in NAMES]
    every = sorted(STATE.glob("*-*/stack.json"), key=lambda path: path.stat().st_mtime)
    return every[-1:]


def _stop(document: dict[str, Any]) -> bool:
    """``False`` where the stack ended without tidying up: there is nothing left of it."""
    everything = files.running(document)
    if not everything:
        return False
    # The supervisor ends the others in order; what is left after that is ended one by one.
    supervisor = files.running({"pids": {"supervisor": document["pids"]["supervisor"]}})
    for process in supervisor:
        process.terminate()
    psutil.wait_procs(supervisor, timeout=SECONDS)
    folder.end_all([process for process in everything if process.is_running()])
    print(f"Stopped {document['api_url']}.")
    return True
