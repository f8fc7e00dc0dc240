"""The service's decisions against a model that shares nothing with them, over any course of events.

Whatever happens and whatever people do, both make the same calls in the same minutes to the same
people, and agree on who has which client. The service is looked at only when it asked to be.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from services.escalation.tests.machine.duel import Duel
from services.escalation.tests.machine.scenarios import (
    CLIENTS,
    PEOPLE,
    Night,
    courses,
    nights,
    teams,
)

ranks = st.integers(1, 5)
people = st.sampled_from([*PEOPLE, "stranger", "key:noc"])
some = st.just(()) | st.sampled_from([(client,) for client in CLIENTS])
words = st.integers(1, 40)
waits = st.just(0) | st.integers(1, 25)
Happens = TypeVar("Happens", bound=Callable[..., None])


def later(**given: st.SearchStrategy[Any]) -> Callable[[Happens], Happens]:
    """A rule for what happens some minutes after the one before."""
    drawn: dict[str, Any] = {"after": waits, **given}

    def decorated(happens: Happens) -> Happens:
        @rule(**drawn)
        @wraps(happens)
        def waited(self: Machine, after: int, **how: Any) -> None:
            self.duel.wait(after)
            happens(self, **how)

        return cast(Happens, waited)

    return decorated


class Machine(RuleBasedStateMachine):
    duel: Duel

    @initialize(data=st.data(), night=nights, rank=ranks, first=st.sampled_from([1, 2, 3]))
    def opens(self, data: st.DataObject, night: Night, rank: int, first: int) -> None:
        policies = {client: data.draw(courses(night.zone)) for client in CLIENTS}
        staff = {client: data.draw(teams(night.zone)) for client in CLIENTS}
        self.duel = Duel(night, policies, staff)
        self.duel.opens(rank, CLIENTS[:first])

    def is_open(self) -> bool:
        return not self.duel.model.outage.over

    @rule(minutes=st.integers(1, 60))
    def nothing_happens(self, minutes: int) -> None:
        self.duel.wait(minutes)

    @rule()
    def somebody_looks(self) -> None:
        """More often than asked."""
        self.duel.memory.look_anyhow()

    @precondition(is_open)
    @later()
    def acknowledged(self) -> None:
        self.duel.acknowledged()

    @precondition(is_open)
    @later(rank=ranks)
    def severity(self, rank: int) -> None:
        self.duel.severity(rank)

    @precondition(is_open)
    @later(clients=some, next_word=words)
    def updated(self, clients: tuple[str, ...], next_word: int) -> None:
        self.duel.updated(clients, next_word)

    @precondition(is_open)
    @later()
    def resolved(self) -> None:
        self.duel.resolved()

    @precondition(lambda self: not self.is_open())
    @later(next_word=words, by_alert=st.booleans())
    def reopened(self, next_word: int, by_alert: bool) -> None:
        self.duel.reopened(next_word, by_alert=by_alert)

    @precondition(is_open)
    @later(client=st.sampled_from(CLIENTS))
    def joins_or_leaves(self, client: str) -> None:
        self.duel.joins_or_leaves(client)

    @later(client=st.sampled_from(CLIENTS), answer_within=st.integers(1, 30))
    def asks(self, client: str, answer_within: int) -> None:
        self.duel.asks(client, answer_within)

    @precondition(lambda self: self.duel.model.outage.questions)
    @later(data=st.data())
    def is_answered(self, data: st.DataObject) -> None:
        self.duel.is_answered(data.draw(st.sampled_from(sorted(self.duel.model.outage.questions))))

    @later(person=people, clients=some)
    def takes(self, person: str, clients: tuple[str, ...]) -> None:
        self.duel.takes(person, clients)

    @precondition(lambda self: self.duel.called())
    @later(data=st.data(), takes=st.booleans())
    def answers_the_call(self, data: st.DataObject, takes: bool) -> None:
        person = data.draw(st.sampled_from(self.duel.called()))
        (self.duel.takes if takes else self.duel.declines)(person, ())

    @later(person=people, clients=some)
    def declines(self, person: str, clients: tuple[str, ...]) -> None:
        self.duel.declines(person, clients)

    @later(person=people, to=people, clients=some)
    def hands_over(self, person: str, to: str, clients: tuple[str, ...]) -> None:
        self.duel.hands_over(person, to, clients)

    @later(clients=some, minutes=st.none() | st.integers(1, 60))
    def pauses(self, clients: tuple[str, ...], minutes: int | None) -> None:
        self.duel.pauses(clients, minutes)

    @later(clients=some)
    def resumes(self, clients: tuple[str, ...]) -> None:
        self.duel.resumes(clients)

    @later(clients=some)
    def escalates(self, clients: tuple[str, ...]) -> None:
        self.duel.escalates(clients)

    @later(clients=some)
    def de_escalates(self, clients: tuple[str, ...]) -> None:
        self.duel.de_escalates(clients)

    @invariant()
    def both_agree(self) -> None:
        if hasattr(self, "duel"):
            self.duel.compare()


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    deadline=None,
    derandomize=True,
    max_examples=80,
    stateful_step_count=30,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])],
)
"""Making a failing story shorter takes minutes: it is done with ``SHRINK=1`` in the environment."""
