"""The end of the story: who was told what, on which channel, after how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from devstack.demo.arrivals import Arrival
from devstack.demo.check import Verdict
from devstack.demo.expected import CLIENT_READERS, EXPECTED, STEPS, Expected, Reader
from devstack.demo.view import took


def print_summary(console: Console, arrivals: Sequence[Arrival], found: Verdict) -> None:
    console.print("\n[bold]Who was told what, on which channel, after how long[/]")
    console.print(_clients(arrivals))
    console.print("[bold]Who of the provider's own people[/]")
    console.print(_staff(arrivals))
    for each in found.missing:
        console.print(f"[red]Missing:[/] {escape(each.step)} to {each.to} by {each.channel}")
    for message in found.surplus:
        console.print(f"[red]Promised to nobody:[/] {escape(message)}")
    for address in found.torn:
        console.print(f"[red]In more than one thread:[/] {escape(address)}")
    if found.good:
        console.print(f"[green]All {len(EXPECTED)} messages the story promises arrived.[/]")


def print_addresses(
    console: Console, stack: Mapping[str, Any], incident: Mapping[str, Any]
) -> None:
    api, ref = stack["api_url"], incident.get("ref", "")
    console.print(f"""
[bold]Look further[/]
  Everything received  {stack["sandbox_url"]}/
  The API              {api}/docs
  The timeline         curl -H "Authorization: Bearer {stack["keys"]["read"]}" \\
                         {api}/v1/incidents/{ref}/timeline""")


def _clients(arrivals: Sequence[Arrival]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("reader", no_wrap=True)
    for step in STEPS:
        table.add_column(step, justify="right", no_wrap=True)
    for reader in CLIENT_READERS:
        row = [_cell(arrivals, _expected(reader, step)) for step in STEPS]
        table.add_row(reader.to.removesuffix(".example"), *row)
    return table


def _staff(arrivals: Sequence[Arrival]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("person", "channel", "why", "after the alert"):
        table.add_column(title, no_wrap=True)
    for each in EXPECTED:
        if each.step not in STEPS:
            table.add_row(each.to, each.channel, each.step, _cell(arrivals, each))
    return table


def _expected(reader: Reader, step: str) -> Expected | None:
    """``None`` where the reader is not to hear of it."""
    wanted = (reader.to, reader.channel, step)
    return next((each for each in EXPECTED if (each.to, each.channel, each.step) == wanted), None)


def _cell(arrivals: Sequence[Arrival], expected: Expected | None) -> str:
    if expected is None:
        return "[dim]·[/]"
    first = next((arrival for arrival in arrivals if arrival.expected == expected), None)
    return took(first.after) if first else "[red]missing[/]"
