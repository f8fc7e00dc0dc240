"""What a person sees while the stack starts: a line a step, a spinner where there is a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


class Report:
    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, doing: str) -> Iterator[Step]:
        """Shows ``doing`` until the block ends, then what it came to and how long it took."""
        started = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(f"  {escape(doing)} …")
        with self.console.status(escape(doing)) as status:
            step = Step(doing, lambda text: status.update(escape(text)))
            yield step
        seconds = time.monotonic() - started
        self.console.print(f"[green]✓[/] {escape(step.result)} [dim]{seconds:.1f} s[/]")

    def say(self, text: str) -> None:
        self.console.print(text)


class Step:
    """One step under way; ``result`` is printed once it is done."""

    def __init__(self, doing: str, show: Callable[[str], None]) -> None:
        self.result = doing
        self._doing = doing
        self._show = show

    def progress(self, done: int, total: int) -> None:
        self._show(f"{self._doing} ({done} of {total})")
