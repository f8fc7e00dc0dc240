"""The same outage through the service as it runs, moment by moment, and what it said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from escalation.simulation.asking import Script
from escalation.simulation.simulator import Simulator
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.registry import INCIDENTS
from tocsin_contracts.simulation import SimulatedLine
from tocsin_runtime.database import Database

from services.escalation.tests.world import World

Line = tuple[float, str, str, str, int | None, int, str, str, tuple[str, ...], str]


class Running(World):
    """A world whose clock stops at every moment for which something is armed, and at no other."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.simulator = Simulator(database)

    def begins(self, start: datetime) -> None:
        """Another story, on the same database."""
        self.clock.set(start)
        self.start = start

    async def at(self, minute: float, *, look_every: float = 1) -> None:
        end = self.start + timedelta(minutes=minute)
        while (due := await self._next()) is not None and due <= end:
            self.clock.set(max(due, self.clock.now()))
            await super().look()
        self.clock.set(end)

    async def look(self) -> None:
        """Time goes on later: what an event makes of messages arrives with it."""

    async def forgets(self) -> None:
        """What is armed for this story concerns the next one nothing."""
        async with self.database.connection() as conn:
            await conn.execute("DELETE FROM timers")

    async def _next(self) -> datetime | None:
        async with self.database.connection() as conn:
            due: datetime | None = await conn.fetchval("SELECT min(due_at) FROM timers")
        return due

    async def said(self, incident_id: str) -> list[Line]:
        events = [event for event in await self.outbox() if event.subject == incident_id]
        return sorted(line for event in events for line in self._lines(event.data))

    async def would_say(self, incident_id: str, until: float) -> list[Line]:
        """What the simulation answers for the very events that were told."""
        end = self.start + timedelta(minutes=until)
        told = [event for event in self.heard[INCIDENTS] if event.subject == incident_id]
        answer = await self.simulator.simulate(Script(self.revision, tuple(told), end))
        return sorted(self._line(line) for line in answer.timeline)

    def _line(self, line: SimulatedLine) -> Line:
        return (
            self.minute(line.at),
            line.what,
            line.chain.value,
            line.policy if line.what != "exhausted" else "",
            line.step,
            line.call,
            line.person or "",
            ",".join(line.client_keys),
            line.channels,
            line.because.partition(";")[0] if line.what != "exhausted" else "",
        )

    def _lines(self, data: EventData) -> Iterator[Line]:
        """Read off the events themselves, not by what writes the answer."""
        match data:
            case e.StepFired():
                for who in data.notify:
                    yield self._of(data, "called", data.step, data.call, who.person)
            case e.StepSkipped():
                yield self._of(data, "skipped", data.step, data.call)
            case e.StepCancelled():
                for step in data.steps:
                    yield self._of(data, "cancelled", step, 0)
            case e.EscalationExhausted():
                yield self._of(data, "exhausted", None, 0)

    def _of(
        self, data: e.EscalationEvent, what: str, step: int | None, call: int, person: str = ""
    ) -> Line:
        policy = "" if what == "exhausted" else str(data.policy_key)  # type: ignore[attr-defined]
        return (
            self.minute(data.at),
            what,
            data.chain.value,
            policy,
            step,
            call,
            person,
            ",".join(data.client_keys),
            getattr(data, "channels", ()) if what == "called" else (),
            getattr(data, "reason", ""),
        )
