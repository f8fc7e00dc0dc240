"""The running parts a route works with; bootstrap puts them on the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox

from incident_api.clocks.clocks import Clocks


@dataclass(frozen=True)
class Parts:
    """``public_url`` is where people reach this service, without a slash at its end."""

    database: Database
    outbox: Outbox
    clock: Clock
    public_url: str
    clocks: Clocks


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _parts(request: Request) -> Parts:
    """Not a plain function: FastAPI would hand that to another thread, for every request."""
    return parts_of(request)


WithParts = Annotated[Parts, Depends(_parts)]
"""For a route's signature: ``parts: WithParts``."""
