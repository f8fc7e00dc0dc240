"""``python -m devstack run``: the whole system until Ctrl-C. ``python -m devstack down`` stops it.

``PORT_BASE`` (7400) moves every port and names the data folder, so stacks can run side by side.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from devstack.backing.errors import StackError
from devstack.down import stop_running
from devstack.processes import end_with_parent
from devstack.ready import ready_text
from devstack.stack.layout import DEFAULT_PORT_BASE, Layout
from devstack.stack.report import Report
from devstack.supervisor import Stack

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    parser.add_argument("command", choices=("run", "down"))
    command = parser.parse_args().command
    try:
        return run(port_base()) if command == "run" else stop_running(chosen_port_base())
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


def chosen_port_base() -> int | None:
    """``PORT_BASE``, or ``None`` where it is not given."""
    text = os.environ.get("PORT_BASE", "")
    if not text:
        return None
    if not text.isdigit() or not 1024 <= int(text) <= 65_000:
        raise StackError(f"PORT_BASE is a number from 1024 to 65000, not {text!r}.")
    return int(text)


def port_base() -> int:
    return chosen_port_base() or DEFAULT_PORT_BASE


def run(base: int) -> int:
    """Until Ctrl-C or SIGTERM, which is how it is meant to end."""
    report = Report()
    try:
        with end_gracefully(Stack(Layout(base), report), report) as stack:
            report.say(ready_text(stack))
            stack.watch()
    except KeyboardInterrupt:
        return 0
    return 0


@contextmanager
def end_gracefully(stack: Stack, report: Report) -> Iterator[Stack]:
    """Start ``stack``; whatever ends the block, Ctrl-C and SIGTERM included, stops it whole."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        # Python drops an exception raised inside a fork's callbacks; the flag stays.
        stack.told_to_stop = True
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, interrupt)
    if "MAKELEVEL" in os.environ:
        end_with_parent()
    try:
        stack.start()
        yield stack
    except KeyboardInterrupt:
        report.say("Stopping.")
        raise
    finally:
        for number in STOPPING:  # a second Ctrl-C would leave half a stack
            signal.signal(number, signal.SIG_IGN)
        stack.stop()


if __name__ == "__main__":
    sys.exit(main())
