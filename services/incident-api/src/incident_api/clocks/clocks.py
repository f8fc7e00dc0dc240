"""Moments at which this service has to act by itself, kept as timers.

A package arms timers through :class:`Clocks` in the transaction that decided on the moment, and
gives bootstrap one handler for each kind. A handler runs in the loop's transaction, looks at the
state as it is then, and does nothing where that has moved on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from tocsin_runtime.database import Connection, Database
from tocsin_runtime.timers import Timer, arm

Handler: TypeAlias = Callable[[Connection, Timer, datetime], Awaitable[None]]
Handlers: TypeAlias = Mapping[str, Handler]
"""By kind of timer."""


def together(*several: Handlers) -> Handlers:
    """All handlers as one mapping. Raises ``ValueError`` where two packages name the same kind."""
    found: dict[str, Handler] = {}
    for handlers in several:
        twice = found.keys() & handlers.keys()
        if twice:
            raise ValueError(f"two handlers for timers of kind {min(twice)}")
        found.update(handlers)
    return found


class Clocks:
    """Arms timers in the caller's transaction; the loop hears of them once it is committed.

    Whoever holds a subject's row must not set a timer that may be firing at this moment: that
    transaction waits for the row while this one would wait for the timer. So where a moment can
    move, the key of its timer moves too, and the one left behind finds nothing to do.
    """

    def __init__(self, database: Database, wake: Callable[[], None] | None = None) -> None:
        """Without ``wake`` (no loop in this process) another's poll finds them."""
        self._database = database
        self._wake = wake or _nobody

    def wake_by(self, wake: Callable[[], None]) -> None:
        """For the loop, whose handlers arm timers themselves and so are made after this."""
        self._wake = wake

    async def arm(self, conn: Connection, timers: Sequence[Timer]) -> None:
        if timers:
            await arm(conn, timers)
            self._database.after_commit(conn, self._wake)


class Firing:
    """The timer loop's handler: each timer to the package that knows its kind.

    Subjects are taken in the order in which everybody else locks them.
    """

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    async def __call__(self, conn: Connection, due: Sequence[Timer], now: datetime) -> None:
        for timer in sorted(due, key=lambda one: (one.subject, one.due_at)):
            await self._of(timer)(conn, timer, now)

    def _of(self, timer: Timer) -> Handler:
        """Raises for a kind of a newer version, which keeps the timer for a later try."""
        try:
            return self._handlers[timer.kind]
        except KeyError:
            raise LookupError(f"no handler for timers of kind {timer.kind}") from None


def _nobody() -> None:
    """Nobody to wake in this process."""
