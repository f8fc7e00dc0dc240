"""Alerts that planned work keeps quiet are kept, without an incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin_runtime.database import Connection

from incident_api.maintenance import alerts
from incident_api.sources.during_maintenance import Hushed, quiet_row
from incident_api.sources.mapping import Mapped
from incident_api.sources.sender import Sender


async def keep_quiet(
    conn: Connection, incoming: Sequence[Mapped], quiet: Mapping[int, Hushed], sender: Sender
) -> None:
    """``quiet`` by place in ``incoming``; of a key that comes twice the last word counts."""
    last = {incoming[place].alert.key: (incoming[place], one) for place, one in quiet.items()}
    rows = [
        quiet_row(one, hushed.window, sender)
        for one, hushed in last.values()
        if hushed.window is not None
    ]
    over = [key for key, (_, hushed) in last.items() if hushed.window is None]
    if rows:
        await alerts.keep(conn, rows)
    if over:
        await alerts.resolved(conn, sender.integration, over, sender.now)
