"""The story in the terminal: hops, messages as they land, and the table at the end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from devstack.demo.arrivals import Arrival
from devstack.demo.check import Verdict, addresses
from devstack.demo.expected import CLIENT_READERS, EXPECTED

STEPS = tuple(
    dict.fromkeys(each.step for each in EXPECTED if not each.step.startswith("escalated"))
)
_COLOUR = {"email": "cyan", "slack": "magenta", "webhook": "yellow"}


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
            f"[bold]{_took(arrival.after)}[/]"
        )

    def _line(self, text: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/] {text}")

    def summary(self, arrivals: Sequence[Arrival], found: Verdict) -> None:
        self._console.print()
        self._console.print(_clients_table(arrivals))
        self._console.print(_staff_table(arrivals))
        for each in found.missing:
            self._console.print(
                f"[red]Missing:[/] {escape(each.step)} to {each.to} by {each.channel}"
            )
        for address in found.wrongly_told:
            self._console.print(f"[red]Told, though not concerned:[/] {escape(address)}")
        for address in found.torn:
            self._console.print(f"[red]In more than one thread:[/] {escape(address)}")
        if found.good:
            self._console.print(
                f"[green]All {len(EXPECTED)} messages the story promises arrived.[/]"
            )

    def look_further(self, stack: Mapping[str, Any], incident: Mapping[str, Any]) -> None:
        api = stack["api_url"]
        self._console.print(
            f"\nLook further:\n  Inbox      {stack['sandbox_url']}/\n  API        {api}/docs\n"
            f"  Timeline   {api}/v1/incidents/{incident.get('ref', '…')}/timeline "
            f"(Authorization: Bearer {stack['keys']['read']})"
        )


def _clients_table(arrivals: Sequence[Arrival]) -> Table:
    title = "Who was told what, on which channel, after how long"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("reader", no_wrap=True, min_width=24)
    table.add_column("channel")
    for step in STEPS:
        table.add_column(step, justify="right")
    for to, channel in CLIENT_READERS:
        took = [_cell(arrivals, to, channel, step) for step in STEPS]
        table.add_row(to, channel, *took)
    return table


def _staff_table(arrivals: Sequence[Arrival]) -> Table:
    table = Table(title="Who was brought in", title_justify="left", box=box.SIMPLE_HEAD)
    for title in ("account team", "channel", "why", "after the alert"):
        table.add_column(title)
    for each in EXPECTED:
        if each.step.startswith("escalated"):
            took = _cell(arrivals, each.to, each.channel, each.step)
            table.add_row(each.to, each.channel, each.step, took)
    return table


def _cell(arrivals: Sequence[Arrival], to: str, channel: str, step: str) -> str:
    for arrival in arrivals:
        found = arrival.expected
        if found and (found.to, found.channel, found.step) == (to, channel, step):
            return _took(arrival.after)
    return "[red]missing[/]"


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
