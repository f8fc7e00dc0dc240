"""Where events wait: each client of an incident by itself, and calls apart from them."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts.envelope import Event, EventData

QUEUE = "directory"
"""What is parked until the directory's copy has a revision; the lane is a client's key."""

STAFF_LANE = "-staff-"
"""The lane of calls to staff; no client can have this key."""

CHAIN_LANE = "-chain-"
"""The lane of clients' own escalations whose incident has not arrived here yet."""

CALLS = (STAFF_LANE, CHAIN_LANE)
"""Lanes whose events go on as they are when their time to wait is over."""

WAITING = "client_waiting"
"""The timer that asks whether a client still waits."""


@dataclass(frozen=True)
class Parked:
    lane: str
    until: int
    event: Event[EventData]
