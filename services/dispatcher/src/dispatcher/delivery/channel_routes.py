"""``GET /v1/channels``, on the internal port: how each channel does, and what waits on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from tocsin_contracts.words import Channel, Circuit
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database

from dispatcher.channels.health import HealthRegistry, ProviderState
from dispatcher.delivery import provider_store as store
from dispatcher.delivery.provider_store import Backlog, Pause

BEST_FIRST = (Circuit.CLOSED, Circuit.PROBING, Circuit.OPEN)


def channel_routes(
    database: Database, clock: Clock, health: HealthRegistry, channels: Collection[Channel]
) -> list[BaseRoute]:
    async def listed(_request: Request) -> Response:
        async with database.connection() as conn:
            written = await store.states(conn)
            pauses = await store.pauses(conn)
            backlogs = await store.backlogs(conn, clock.now())
        states = together(written, health.states())
        items = [
            shown(
                channel,
                [state for state in states if state.channel is channel],
                pauses.get(channel),
                backlogs.get(channel, Backlog()),
            )
            for channel in Channel
            if channel in channels
        ]
        return JSONResponse({"items": items})

    return [Route("/v1/channels", listed, methods=["GET"])]


def together(
    written: Sequence[ProviderState], watched: Sequence[ProviderState]
) -> list[ProviderState]:
    """Every provider of ours, as it was written down last: the senders may be other processes."""
    known = {(state.channel, state.provider): state for state in written}
    return [known.get((state.channel, state.provider), state) for state in watched]


def shown(
    channel: Channel, states: Sequence[ProviderState], pause: Pause | None, backlog: Backlog
) -> dict[str, Any]:
    """A channel works while one of its providers does; one that has an endpoint for each reader
    has no provider whose state could be told."""
    found = {state.state for state in states} or {Circuit.CLOSED}
    best = next(state for state in BEST_FIRST if state in found)
    failed = [state for state in states if state.failed_at is not None]
    last = max(failed, key=lambda state: state.failed_at or state.since, default=None)
    return {
        "channel": channel.value,
        "state": "paused" if pause else best.value,
        "paused_by": pause.by if pause else None,
        "paused_reason": pause.reason if pause else None,
        "paused_since": _moment(pause.since if pause else None),
        "providers": [
            {
                "provider": state.provider,
                "state": state.state.value,
                "reason": state.reason if state.state is not Circuit.CLOSED else None,
                "since": _moment(state.since),
            }
            for state in states
        ],
        "backlog": backlog.waiting,
        "oldest_due_at": _moment(backlog.oldest),
        "last_error": last.reason if last else None,
        "last_error_at": _moment(last.failed_at if last else None),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
