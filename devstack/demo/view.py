"""The story in the terminal while it happens: hops, and each message as it lands."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape

from devstack.demo.arrivals import Arrival
from devstack.demo.check import addresses

_COLOUR = {
    "email": "cyan",
    "sms": "green",
    "voice": "blue",
    "slack": "magenta",
    "teams": "magenta",
    "webhook": "yellow",
}


class View:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def heading(self, text: str) -> None:
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def hop(self, where: str, what: str) -> None:
        self._line(f"[green]{escape(where):<14}[/] {escape(what)}")

    def detail(self, text: str) -> None:
        self._console.print(f"         {'':<14} [dim]{escape(text)}[/]")

    def warning(self, text: str) -> None:
        self._line(f"[red]{escape(text)}[/]")

    def arrived(self, arrival: Arrival) -> None:
        """One line a message: channel, reader, what it is and how long it took."""
        message, expected = arrival.message, arrival.expected
        what = expected.step if expected else f"not expected: {message['subject']}"
        channel = message["channel"]
        self._line(
            f"[{_COLOUR.get(channel, 'white')}]{channel:<14}[/] "
            f"{escape(', '.join(addresses(message))):<26} {escape(what):<18} "
            f"[bold]{took(arrival.after)}[/]"
        )

    def _line(self, text: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/] {text}")


def took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
