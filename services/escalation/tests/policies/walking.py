"""One chain walked minute by minute without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from escalation.people.finding import Colleague, Found, Holders
from escalation.policies.rules import look, next_moment
from escalation.policies.state import Chain, Fired, Skipped, Turn
from escalation.triggers.facts import Facts
from tocsin_contracts.policies import EscalationPolicy, PolicyStep
from tocsin_contracts.staff import StaffMember

from services.escalation.tests.triggers.standing import START, at, facts

PEOPLE = {
    "account_manager": StaffMember(key="ann", name="Ann Weiss"),
    "deputy": StaffMember(key="tom", name="Tom Klein"),
    "escalation_manager": StaffMember(key="eva", name="Eva Lang"),
    "director": StaffMember(key="dan", name="Dan Roth"),
}


@dataclass(frozen=True)
class Team:
    """One team for every client; of the roles ``away`` nobody is there, for the reason given."""

    members: Mapping[str, StaffMember]
    away: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self, _client: str, role: str, _now: datetime, /, **_how: object
    ) -> tuple[Found, ...]:
        if role in self.away:
            return (Found(None, reason=self.away[role]),)
        return (Found(self.members[role]),)

    def colleague(self, _client: str, person: str, /) -> Colleague | None:
        held = ((one, role) for role, one in self.members.items() if one.key == person)
        return next((Colleague(one, role) for one, role in held), None)


def people(away: Mapping[str, str] | None = None, **others: StaffMember) -> Holders:
    return Team({**PEOPLE, **others}, away or {})


@dataclass
class Walk:
    """What came of a chain, by minute from its start."""

    chain: Chain
    facts: Facts = field(default_factory=facts)
    holders: Holders = field(default_factory=people)
    turns: list[tuple[float, Turn]] = field(default_factory=list)

    def to(self, minute: float) -> Walk:
        """Look whenever the chain asks for it, up to ``minute``."""
        while (moment := next_moment(self.chain, self.facts)) is not None:
            if moment > at(minute):
                break
            self.look(moment)
        return self

    def look(self, moment: datetime) -> Turn:
        turn = look(self.chain, self.facts, self.holders, moment)
        self.turns.append(((moment - START) / timedelta(minutes=1), turn))
        self.chain = turn.chain
        return turn

    @property
    def fired(self) -> list[tuple[float, Fired]]:
        return [(minute, one) for minute, turn in self.turns for one in turn.fired]

    @property
    def skipped(self) -> list[tuple[float, Skipped]]:
        return [(minute, one) for minute, turn in self.turns for one in turn.skipped]

    @property
    def calls(self) -> list[tuple[float, str, str]]:
        """Minute, who, and on which channels."""
        return [
            (minute, who.name, "+".join(one.channels[who.person]))
            for minute, one in self.fired
            for who in one.call.people
        ]

    @property
    def names(self) -> list[tuple[float, str]]:
        return [(minute, name) for minute, name, _ in self.calls]

    @property
    def exhausted(self) -> list[float]:
        return [minute for minute, turn in self.turns if turn.exhausted]


def walk(*steps: PolicyStep, **changes: object) -> Walk:
    chain = Chain("acme", EscalationPolicy(key="p", steps=steps), started_at=START)
    return Walk(replace(chain, **changes))  # type: ignore[arg-type]


def minutes_of(found: Sequence[tuple[float, object]]) -> list[float]:
    return [minute for minute, _ in found]
