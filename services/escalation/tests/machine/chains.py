"""What the model knows of one client's escalation: its steps, the calls made, who has it.

Part of the model: it imports nothing of the service and nothing of the contracts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.escalation.tests.machine.conditions import Condition
from services.escalation.tests.machine.people import Week


@dataclass(frozen=True)
class Step:
    """``channels`` empty: each person's own. ``ranks``, ``clients`` empty: all."""

    when: Condition
    roles: tuple[str, ...]
    after: int = 0
    channels: tuple[str, ...] = ("email",)
    in_turn: bool = False
    gap: int = 3
    repeat: int = 0
    every: int | None = None
    ranks: tuple[int, ...] = ()
    clients: tuple[str, ...] = ()
    hours: Week | None = None
    waits: bool = False
    any_hour: bool = False

    @property
    def rhythm(self) -> int:
        return 10 if self.every is None else self.every


@dataclass(frozen=True)
class Made:
    """A call that was made, or was due and reached nobody (``people`` empty).

    ``closed``: it was outside the step's hours.
    """

    minute: int
    client: str
    step: int
    number: int
    spell: str = ""
    people: tuple[str, ...] = ()
    channels: tuple[tuple[str, ...], ...] = ()
    turns: int = 1
    closed: bool = False


@dataclass
class Chain:
    """``calls``, ``passed_on`` and ``sooner`` are of the present round.

    ``sooner``: to which minute a step was brought forward. ``taken``: by whom, until when.
    ``paused``: held by an operator, who may have said until when. ``asked``:
    whom a colleague asked to take over. ``waiting``: what had come true at the last look and had
    calls left.
    """

    client: str
    steps: Sequence[Step]
    start: int
    going: bool = True
    calls: list[Made] = field(default_factory=list)
    passed_on: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    sooner: dict[int, int] = field(default_factory=dict)
    taken: tuple[str, int] | None = None
    had_it_until: int = 0
    held_up_until: int = 0
    exhausted: bool = False
    paused: bool = False
    resumes: int | None = None
    held_from: int | None = None
    forced: int | None = None
    waiting: set[tuple[int, str]] = field(default_factory=set)

    @property
    def reached(self) -> set[str]:
        return {person for call in self.calls for person in call.people} | self.asked

    @property
    def stands(self) -> str:
        if not self.going:
            return "stopped"
        if self.taken is not None:
            return "taken"
        if self.exhausted:
            return "exhausted"
        return "notified" if self.reached else "armed"

    def of(self, step: int, spell: str) -> list[Made]:
        return [call for call in self.calls if (call.step, call.spell) == (step, spell)]

    def has_calls_left(self, step: int, spell: str) -> bool:
        """As far as the policy goes, whoever holds it up."""
        calls = self.of(step, spell)
        if not calls:
            return True
        reached = calls[-1].people or calls[-1].closed
        return bool(reached) and len(calls) < calls[-1].turns * (self.steps[step].repeat + 1)

    def was_tried(self, step: int) -> bool:
        return any(call.step == step for call in self.calls)

    def next_on_the_list(self, after: int = -1) -> int | None:
        """The first that has called nobody, after the one that found nobody just now."""
        called = {call.step for call in self.calls if call.people}
        for index, step in enumerate(self.steps):
            for_them = not step.clients or self.client in step.clients
            waits = index > after and index not in called and not step.when.watches
            if for_them and waits:
                return index
        return None
