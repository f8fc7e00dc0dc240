"""``tocsin simulate`` and ``tocsin lint``: asked before an outage; nobody is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from tocsin_cli.api import Refused, post
from tocsin_cli.connection import Connection, connects
from tocsin_cli.files import SECTION, policies_in
from tocsin_cli.moments import moment
from tocsin_cli.telling import finding, timeline

AFTER = click.FloatRange(min=0, max=1440)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

tried = click.option(
    "--policies", type=FILE, help="Try the policies of this file (YAML or JSON) without saving."
)
as_json = click.option("--json", "as_json", is_flag=True, help="The API's answer as it is.")


@click.command()
@connects
@click.option("--severity", required=True, help="sev1 to sev5.")
@click.option("--system", "systems", multiple=True, help="What fails; may be given repeatedly.")
@click.option("--client", "clients", multiple=True, help="A client concerned besides.")
@click.option("--at", "said", default="now", help="'sunday 02:00', an RFC 3339 time, or now.")
@click.option("--timezone", help="Of --at, where it names no offset; left out: this machine's.")
@click.option("--acknowledged-after", type=AFTER, metavar="MINUTES", help="The NOC has it then.")
@click.option("--taken-after", type=AFTER, metavar="MINUTES", help="Whoever was called takes it.")
@click.option("--resolved-after", type=AFTER, metavar="MINUTES", help="It is over then.")
@click.option("--published-after", type=AFTER, metavar="MINUTES", help="Clients see it then.")
@click.option("--update-at", "updates", type=AFTER, multiple=True, metavar="MINUTES",
              help="An update is written then; may be given repeatedly.")  # fmt: skip
@tried
@as_json
def simulate(connection: Connection, policies: Path | None, as_json: bool, **given: Any) -> None:
    """Play an outage without it happening: who would be called when, and why."""
    answer = post(*connection, "/v1/simulate", {**_outage(given), **_policies(policies)})
    _say(answer, "\n".join(timeline(answer)), as_json)


@click.command()
@connects
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True)
@tried
@as_json
def lint(connection: Connection, days: int, policies: Path | None, as_json: bool) -> None:
    """Look for gaps: hours with nobody, steps that never call, people out of reach.

    Ends with 1 where there are any.
    """
    answer = post(*connection, "/v1/lint", {"days": days, **_policies(policies)})
    found = answer["findings"]
    _say(answer, "\n".join(map(finding, found)) or "No gaps.", as_json)
    raise SystemExit(1 if found else 0)


def _outage(given: Mapping[str, Any]) -> dict[str, Any]:
    started_at = moment(given["said"], _zone(given["timezone"]), datetime.now(UTC))
    times = {
        f"{name}_after_minutes": given[f"{name}_after"]
        for name in ("acknowledged", "taken", "resolved", "published")
        if given[f"{name}_after"] is not None
    }
    return {
        "severity": given["severity"],
        "system_keys": list(given["systems"]),
        "client_keys": list(given["clients"]),
        "started_at": started_at.isoformat(),
        "updates_at_minutes": list(given["updates"]),
        **times,
    }


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"'{name}' is no timezone; write one such as Europe/Berlin.") from None


def _policies(path: Path | None) -> dict[str, Any]:
    return {} if path is None else {SECTION: policies_in(path)}


def _say(answer: Mapping[str, Any], text: str, as_json: bool) -> None:
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False) if as_json else text)
