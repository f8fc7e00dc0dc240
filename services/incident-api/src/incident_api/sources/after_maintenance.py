"""Once planned work is over, what it kept quiet and still fires is taken as any other alert.

So it is some time after the announced end of a window that nobody has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.timers import Timer

from incident_api.clocks.clocks import Handlers
from incident_api.directory.store import read_view
from incident_api.maintenance import alerts, store
from incident_api.maintenance.alerts import QuietAlert
from incident_api.maintenance.moments import ALERTS, Moment, still_holds
from incident_api.sources.during_maintenance import as_it_came
from incident_api.sources.ingest import Result, ingest
from incident_api.sources.sender import Sender
from incident_api.sources.store import found_of
from incident_api.timeline import store as timeline_store
from incident_api.timeline.lines import Line
from incident_api.web.parts import Parts

ACTOR = "system:maintenance"


def handlers(parts: Parts) -> Handlers:
    """For bootstrap's table of timers."""

    async def fired(conn: Connection, timer: Timer, now: datetime) -> None:
        window = await store.find(conn, timer.subject)
        moment = Moment(ALERTS, datetime.fromisoformat(timer.payload["at"]))
        if window is None or not still_holds(window, moment):
            return
        firing = await alerts.lock_firing(conn, timer.subject)
        for _, several in groupby(firing, key=lambda one: (one.integration, one.format, one.actor)):
            await _take(conn, list(several), now, parts)

    return {ALERTS: fired}


async def _take(conn: Connection, quiet: Sequence[QuietAlert], now: datetime, parts: Parts) -> None:
    """``quiet`` are of one integration, format and actor."""
    first = quiet[0]
    sender = Sender(first.integration, first.format, first.actor, await read_view(conn), now)
    parsed = [as_it_came(one.alert) for one in quiet]
    found = await found_of(conn, first.integration, parsed)
    results = await ingest(conn, parsed, sender, found, parts)
    for one, result in zip(quiet, results, strict=True):
        await alerts.taken(conn, one, result.incident_id)
    lines = [_line(one, result, now) for one, result in zip(quiet, results, strict=True)]
    await timeline_store.add_lines(conn, lines)


def _line(quiet: QuietAlert, result: Result, now: datetime) -> Line:
    """On the window's timeline."""
    return Line(
        id=uuid7(),
        incident_id=quiet.window_id,
        sequence=0,
        at=now,
        type="alert_taken",
        actor=ACTOR,
        text=f"{quiet.title} still fires: {result.detail}",
        data={"incident_id": result.incident_id, "outcome": result.outcome},
    )
