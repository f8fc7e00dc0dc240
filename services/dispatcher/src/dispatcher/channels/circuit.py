"""When a provider is left alone, and how it is tried again.

The pattern is Nygard's circuit breaker ("Release It!"): closed while it works, open once it failed
repeatedly, probing with one message at a time after a while. Only failures of the provider itself
count: an address that it refuses says nothing against it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin_contracts.words import Circuit

IN_A_ROW = 5
WINDOW = timedelta(seconds=60)
AT_LEAST = 20
HALF = 0.5
REMEMBERED = 200
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)
GOOD_PROBES = 3


@dataclass(frozen=True)
class Breaker:
    """``recent`` are the last outcomes (when, whether the provider was at fault); ``rests_until``
    and ``rest`` count while it is open, ``good`` the probes in a row that went well."""

    state: Circuit = Circuit.CLOSED
    recent: tuple[tuple[datetime, bool], ...] = ()
    rests_until: datetime | None = None
    rest: timedelta = FIRST_REST
    good: int = 0
    probing: bool = False


@dataclass(frozen=True)
class Admitted:
    """A message may go. ``probe``: how it ends decides what becomes of the provider."""

    breaker: Breaker
    probe: bool = False


def admit(breaker: Breaker, now: datetime) -> Admitted | None:
    """``None``: not now."""
    if breaker.state is Circuit.CLOSED:
        return Admitted(breaker)
    if not may_probe(breaker, now):
        return None
    return Admitted(replace(breaker, state=Circuit.PROBING, probing=True), probe=True)


def may_probe(breaker: Breaker, now: datetime) -> bool:
    rested = breaker.rests_until is None or now >= breaker.rests_until
    return breaker.state is not Circuit.CLOSED and rested and not breaker.probing


def heard(breaker: Breaker, down: bool | None, now: datetime, *, probe: bool) -> Breaker:
    """After a message. ``down``: the provider itself was at fault; ``None``: nobody knows."""
    if probe and breaker.state is Circuit.PROBING:
        return _probed(replace(breaker, probing=False), down, now)
    if down is None or breaker.state is not Circuit.CLOSED:
        return breaker
    return _counted(breaker, down, now)


def _counted(breaker: Breaker, down: bool, now: datetime) -> Breaker:
    recent = ((now, down), *breaker.recent)[:REMEMBERED]
    if not down:
        return replace(breaker, recent=recent)
    lately = [bad for at, bad in recent if at > now - WINDOW]
    # However far apart: with a mail a minute, each would wait in vain for a relay that is gone.
    row = len(recent) >= IN_A_ROW and all(bad for _, bad in recent[:IN_A_ROW])
    share = len(lately) >= AT_LEAST and sum(lately) >= HALF * len(lately)
    if row or share:
        return Breaker(Circuit.OPEN, rests_until=now + FIRST_REST)
    return replace(breaker, recent=recent)


def _probed(breaker: Breaker, down: bool | None, now: datetime) -> Breaker:
    if down is None:
        return breaker
    if down:
        rest = min(breaker.rest * 2, LONGEST_REST)
        return Breaker(Circuit.OPEN, rests_until=now + rest, rest=rest)
    if breaker.good + 1 >= GOOD_PROBES:
        return Breaker()
    return replace(breaker, good=breaker.good + 1)
