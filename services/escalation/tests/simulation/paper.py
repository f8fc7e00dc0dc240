"""An outage on paper: whatever is told is kept, and played through when asked. No service runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from escalation.bootstrap import Core
from escalation.people.directory import Directory, Policy
from escalation.people.roster import ClientPeople, Roster
from escalation.simulation.asking import Script
from escalation.simulation.playing import Cast
from escalation.simulation.simulator import answered
from tocsin_contracts import events as e
from tocsin_contracts.directory import Client
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.simulation import SimulatedLine, SimulationAnswer
from tocsin_runtime.testing import FakeClock

from services.escalation.tests.world import World

Short = tuple[float, str, str]


class Paper(World):
    def __init__(self, start: datetime | None = None) -> None:
        self.clock = FakeClock(start)
        self.start = self.clock.now()
        self.revision = 0
        self.core = cast(Core, SimpleNamespace(directory="directory", intake="incidents"))
        self.heard = defaultdict(list)
        self.events: list[Event[EventData]] = []
        self.entries: dict[type[EventData], dict[str, Any]] = {}

    async def look(self) -> None:
        """Nobody is there to look."""

    async def at(self, minute: float, *, look_every: float = 1) -> None:
        self.clock.set(self.start + timedelta(minutes=minute))

    async def _feed(self, handler: Any, events: Sequence[Event[EventData]]) -> None:
        if handler == "incidents":
            self.events += events
            return
        for event in events:
            if isinstance(event.data, e.DirectoryEvent):
                document = event.data.document  # type: ignore[attr-defined]
                self.entries.setdefault(type(event.data), {})[event.data.key] = document

    def policy_changed(self, policy: EscalationPolicy) -> e.PolicyChanged:
        return e.PolicyChanged(revision=self.revision + 1, key=policy.key, document=policy)

    @property
    def cast(self) -> Cast:
        known = {kind: dict(entries) for kind, entries in self.entries.items()}
        policies = {key: Policy(one, 1) for key, one in known[e.PolicyChanged].items()}
        teams = known[e.TeamChanged]
        clients = {key: _people(one, teams) for key, one in known[e.ClientChanged].items()}
        directory = Directory(self.revision, policies, known[e.PlanChanged])
        return Cast(directory, Roster(clients))

    def played(self, until: float, *policies: EscalationPolicy) -> SimulationAnswer:
        end = self.start + timedelta(minutes=until)
        return answered(Script(self.revision, tuple(self.events), end, policies), self.cast)

    def lines(self, until: float, *policies: EscalationPolicy) -> list[Short]:
        """Minute, what, and who or why, of each line."""
        return [self.short(line) for line in self.played(until, *policies).timeline]

    def short(self, line: SimulatedLine) -> Short:
        return self.minute(line.at), line.what, line.who or line.because


def _people(client: Client, teams: dict[str, Any]) -> ClientPeople:
    team = teams.get(client.account_team or "")
    return ClientPeople(client.name, team, client.contacts, frozenset(client.tags))
