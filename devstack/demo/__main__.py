"""``python -m devstack.demo``: a fresh stack, the story, and an exit code the sandbox decides.

Without a terminal, or with ``ONCE=1``, it ends by itself; with one it stays up for a look around.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

from devstack.__main__ import end_gracefully, port_base
from devstack.backing.errors import StackError
from devstack.demo.story import Story
from devstack.demo.summary import print_addresses, print_summary
from devstack.demo.view import View
from devstack.stack import files
from devstack.stack.layout import Layout
from devstack.stack.report import Report
from devstack.supervisor import Stack

PAUSE_SECONDS = 2.0
"""Between the steps, where a person reads along."""


def main() -> int:
    try:
        return run()
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


def run() -> int:
    """The story's exit code; a Ctrl-C before its end is 1, afterwards it changes nothing."""
    report, exit_code = Report(), 1
    try:
        with end_gracefully(
            Stack(Layout(port_base(), "demo"), report, fresh=True), report
        ) as stack:
            told = Telling(stack)
            told.start()
            stack.watch(until=lambda: not told.is_alive())
            exit_code = told.exit_code
            stay_up(stack)
    except KeyboardInterrupt:
        return exit_code
    return exit_code


def watched() -> bool:
    """Whether a person sits in front of it."""
    return sys.stdout.isatty() and not os.environ.get("ONCE")


def stay_up(stack: Stack) -> None:
    if watched():
        stack.report.say("\nEverything stays up for a look around. Ctrl-C stops it.")
        stack.watch()


class Telling(threading.Thread):
    """The story beside the supervisor, which has to stay in the main thread."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(name="story", daemon=True)
        self._console = stack.report.console
        self._view = view = View(self._console)
        self._document: dict[str, Any] = files.read(stack.layout.stack_file)
        self._story = Story(
            self._document,
            stack.secrets.webhook_secret,
            view,
            stack.layout.stack_file.parent,
            pause,
        )
        self.exit_code = 1

    def run(self) -> None:
        try:
            found = self._story.play()
        except Exception as error:
            self._view.warning(f"The story broke off: {error}")
            return
        print_summary(self._console, self._story.arrivals.all, found)
        print_addresses(self._console, self._document, self._story.incident)
        self.exit_code = found.exit_code


def pause() -> None:
    if watched():
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
