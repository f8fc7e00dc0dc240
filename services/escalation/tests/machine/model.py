"""The escalation of an outage in words, minute by minute: who is called when, and who has it.

It shares nothing with the service and nothing with the contracts: it keeps every call ever made and
asks at each minute of each step whether its moment has come. Minutes count from the opening.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.escalation.tests.machine.chains import Chain, Made, Step
from services.escalation.tests.machine.conditions import Outage, spells
from services.escalation.tests.machine.people import MINUTE, Team

EXPIRES = 30
"""For how many minutes somebody has it without a word to the client."""


@dataclass
class World:
    """One outage, its chains by client, and the people."""

    begins: datetime
    outage: Outage
    teams: dict[str, Team]
    chains: dict[str, Chain] = field(default_factory=dict)
    minute: int = 0
    made: list[Made] = field(default_factory=list)
    cancelled: set[tuple[str, int]] = field(default_factory=set)

    def moment(self) -> datetime:
        return self.begins + self.minute * MINUTE

    def look(self) -> None:
        for chain in self.chains.values():
            self._cancel(chain)
            if chain.going:
                self._look(chain)
                chain.waiting = {one for one in chain.waiting if chain.has_calls_left(*one)}

    def _waiting(self, chain: Chain) -> set[tuple[int, str]]:
        return {
            (index, spell)
            for index in range(len(chain.steps))
            for spell, since in self.true(chain, index).items()
            if since <= self.minute and chain.has_calls_left(index, spell)
        }

    def _cancel(self, chain: Chain) -> None:
        """What had come true is not true any more, and calls were left."""
        still = self._waiting(chain) if chain.going else set()
        self.cancelled |= {(chain.client, step) for step, _ in chain.waiting - still}
        chain.waiting = still

    def pass_minute(self) -> None:
        """While an operator holds the calls, nobody's time to have it runs."""
        for chain in self.chains.values():
            if chain.going and chain.paused and chain.taken is not None:
                chain.taken = (chain.taken[0], chain.taken[1] + 1)
        self.minute += 1

    def _look(self, chain: Chain) -> None:
        if chain.resumes is not None and chain.resumes <= self.minute:
            self.resume(chain)
        expired = chain.taken is not None and chain.taken[1] <= self.minute
        if expired and not chain.paused:
            self.let_go(chain)
        if chain.forced is not None:
            self._force(chain, chain.forced)
        seen: set[tuple[int, str]] = set()
        while (due := self._first_due(chain, seen)) is not None:
            seen.add(due)
            self._call(chain, *due)
        if self._nobody_took_it(chain):
            chain.exhausted = True

    def resume(self, chain: Chain) -> None:
        chain.paused, chain.resumes, chain.held_up_until = False, None, self.minute

    # ── which call is due ───────────────────────────────────────────────────────────────────────

    def _first_due(self, chain: Chain, seen: set[tuple[int, str]]) -> tuple[int, str] | None:
        """One call of each step and spell at a look; the longest due first, then by the list."""
        due = [
            (at, step, spell)
            for (step, spell), at in self.pending(chain).items()
            if at <= self.minute and (step, spell) not in seen
        ]
        return min(due)[1:] if due else None

    def pending(self, chain: Chain) -> dict[tuple[int, str], int]:
        """The next call of each step and spell that goes out by itself, by its minute."""
        return {} if chain.paused else self._next(chain)

    def _next(self, chain: Chain) -> dict[tuple[int, str], int]:
        """As if no pause held it."""
        return {
            (index, spell): self._due(chain, index, spell, since)
            for index, step in enumerate(chain.steps)
            if not self._is_held(chain, index)
            for spell, since in self.true(chain, index).items()
            if index != chain.forced and not self._is_done(chain, index, spell)
        }

    def true(self, chain: Chain, index: int) -> dict[str, int]:
        """Since when the step counts, for each time its condition is true."""
        step = chain.steps[index]
        if step.clients and chain.client not in step.clients:
            return {}
        found = spells(step.when, self.outage, chain.client, chain.start)
        if not step.ranks:
            return found
        listed = self.outage.within(step.ranks)
        if listed is None:
            return {}
        return {name: max(since, listed) for name, since in found.items()}

    @staticmethod
    def _is_held(chain: Chain, index: int) -> bool:
        when = chain.steps[index].when
        back = chain.held_from is not None and index >= chain.held_from
        return (chain.taken is not None or back) and not when.watches_people

    @staticmethod
    def _is_done(chain: Chain, index: int, spell: str) -> bool:
        calls = chain.of(index, spell)
        if not calls or not chain.has_calls_left(index, spell):
            return bool(calls)
        passed_on = set(calls[-1].people) <= chain.passed_on and not calls[-1].closed
        return passed_on and not chain.steps[index].when.watches_people

    def _due(self, chain: Chain, index: int, spell: str, since: int) -> int:
        step, calls = chain.steps[index], chain.of(index, spell)
        due = max(since + step.after, chain.start)
        if calls:
            between = (calls[-1].number + 1) % calls[-1].turns != 0
            due = calls[-1].minute + (step.gap if between else step.rhythm)
        elif index in chain.sooner:
            due = max(since, min(due, chain.sooner[index]))
        return self._opening(step, max(due, chain.had_it_until, chain.held_up_until))

    def _opening(self, step: Step, due: int) -> int:
        """A call that is to wait for the step's hours is due when they begin."""
        if not step.waits or step.hours is None:
            return due
        opens = step.hours.opens_by(self.begins + due * MINUTE)
        return (opens - self.begins) // MINUTE

    def _is_open(self, step: Step, minute: int) -> bool:
        return step.hours is None or step.hours.open_at(self.begins + minute * MINUTE)

    # ── making it ───────────────────────────────────────────────────────────────────────────────

    def _call(self, chain: Chain, index: int, spell: str) -> None:
        step = chain.steps[index]
        people = self._people(chain, step)
        if not self._is_open(step, self.minute):
            self._note(chain, index, spell, people, closed=True)
        else:
            self._note(chain, index, spell, people)
            if not people:
                self.bring_forward(chain)

    def _people(self, chain: Chain, step: Step) -> list[str]:
        team, at = self.teams[chain.client], self.moment()
        found = [
            person
            for role in step.roles
            for person in team.asked(role, self.minute, at, any_hour=step.any_hour)
            if step.when.watches_people or person not in chain.passed_on
        ]
        if step.when.watches_people and chain.taken is not None:
            found += {chain.taken[0]} & (chain.reached | team.people)
        return list(dict.fromkeys(found))

    def _note(
        self, chain: Chain, index: int, spell: str, people: list[str], *, closed: bool = False
    ) -> None:
        step, number = chain.steps[index], len(chain.of(index, spell))
        each = [self._channels(chain, step, person) for person in people]
        before = chain.of(index, spell)
        turns = max((len(one) for one in each), default=len(step.channels) or 1)
        turns = turns if step.in_turn else 1
        turns = before[0].turns if before else turns
        used = [(one[number % turns % len(one)],) if step.in_turn else one for one in each]
        who, how = ((), ()) if closed else (tuple(people), tuple(used))
        call = Made(self.minute, chain.client, index, number, spell, who, how, turns, closed)
        chain.calls.append(call)
        if who and not step.when.watches:
            chain.exhausted = False
        self.made.append(call)

    def _channels(self, chain: Chain, step: Step, person: str) -> tuple[str, ...]:
        own = self.teams[chain.client].prefers.get(person, ())
        if not step.channels:
            return own or ("email",)
        order = [*own, *step.channels]
        return tuple(sorted(step.channels, key=order.index))

    # ── what follows ────────────────────────────────────────────────────────────────────────────

    def let_go(self, chain: Chain, person: str = "") -> None:
        """Who had it, or ``person``, passes it on: unless somebody else is called now anyway,
        whoever is next is."""
        if chain.taken is not None:
            person, chain.taken, chain.had_it_until = chain.taken[0], None, self.minute
        anyway = [
            chain.of(index, spell)
            for (index, spell), at in self._next(chain).items()
            if at <= self.minute
            and not chain.steps[index].when.watches
            and self._is_open(chain.steps[index], self.minute)
        ]
        if all(calls and set(calls[-1].people) == {person} for calls in anyway):
            self.bring_forward(chain)

    def bring_forward(self, chain: Chain) -> None:
        """Whoever is next is called now: the first step that waits and called nobody yet."""
        waiting = [
            (at, index)
            for (index, _), at in self._next(chain).items()
            if not chain.was_tried(index)
            and not chain.steps[index].when.watches
            and self._is_open(chain.steps[index], self.minute)
        ]
        if waiting and min(waiting)[0] > self.minute:
            chain.sooner[min(waiting)[1]] = self.minute

    def _force(self, chain: Chain, index: int) -> None:
        chain.forced = None
        people = self._people(chain, chain.steps[index])
        spell = next(iter(self.true(chain, index)), "")
        self._note(chain, index, spell, people)
        following = chain.next_on_the_list(after=index)
        if not people and following is not None:
            self._force(chain, following)

    def _nobody_took_it(self, chain: Chain) -> bool:
        """Every step that counts has called, and was waited for as long as until a further call;
        who passed it on is not waited for."""
        if chain.exhausted or chain.taken or chain.paused or not chain.going:
            return False
        counted = {i for i, step in enumerate(chain.steps) if not step.when.watches}
        calls = [call for call in chain.calls if call.step in counted and not call.closed]
        left = any(step in counted for step, _ in self.pending(chain))
        counts = any(self.true(chain, index) for index in counted)
        if chain.held_from is not None or not calls or left or not counts:
            return False
        waits = [self._waits(call, chain) for call in calls]
        return max([*waits, chain.had_it_until, chain.held_up_until]) <= self.minute

    @staticmethod
    def _waits(call: Made, chain: Chain) -> int:
        awaited = set(call.people) - chain.passed_on
        return call.minute + (chain.steps[call.step].rhythm if awaited else 0)
