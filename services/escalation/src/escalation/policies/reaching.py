"""Whom a call reaches, and on which channels. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.events import Called
from tocsin_contracts.policies import PolicyStep
from tocsin_contracts.words import Channel

from escalation.people.finding import Found, Holders
from escalation.policies.state import Chain
from escalation.policies.timing import watches_people

WITHOUT_PREFERENCE = (Channel.EMAIL,)
Channels = tuple[Channel, ...]


@dataclass(frozen=True)
class Reached:
    """Each person once, with the channels of the step in the order that they prefer.

    ``unavailable`` says in clauses who could not be called, or for whom somebody stands in.
    """

    people: tuple[Called, ...]
    channels: Mapping[str, Channels]
    unavailable: tuple[str, ...] = ()

    def turns(self, step: PolicyStep) -> int:
        """How many channels follow one another in one round."""
        most = max((len(each) for each in self.channels.values()), default=len(step.channels) or 1)
        return most if step.in_turn else 1

    def on(self, step: PolicyStep, number: int, turns: int) -> dict[str, Channels]:
        """By person the channels that call ``number`` uses: all, or the one whose turn it is."""
        if not step.in_turn:
            return dict(self.channels)
        turn = number % turns
        return {key: (each[turn % len(each)],) for key, each in self.channels.items()}


def reachable(step: PolicyStep, chain: Chain, holders: Holders, now: datetime) -> Reached:
    """Whom the step calls, and who is missing."""
    people: dict[str, Called] = {}
    channels: dict[str, Channels] = {}
    reasons: list[str] = []
    for called, own in _who_has_it(step, chain, holders):
        people[called.person] = called
        channels[called.person] = preferred(step.channels, own)
    for role in step.notify:
        for one in holders(
            chain.client_key, role, now, kind=chain.kind, at_any_hour=step.at_any_hour
        ):
            reasons.append(_why_not(one, step, chain))
            if one.person is None or _passed_on(one, step, chain):
                continue
            called = _called(one.person.key, one.person.name, role, one.stands_in_for)
            people.setdefault(called.person, called)
            channels[called.person] = preferred(step.channels, one.person.channels)
    told = tuple(dict.fromkeys(reason for reason in reasons if reason))
    return Reached(tuple(people.values()), channels, told)


def _who_has_it(
    step: PolicyStep, chain: Chain, holders: Holders
) -> Iterator[tuple[Called, Channels]]:
    """Whoever has the client hears too of somebody who waits, if we know how to reach them."""
    if chain.take is None or not watches_people(step):
        return
    person = chain.take.person
    known = holders.colleague(chain.client_key, person)
    called = next((one for one in chain.called if one.person == person), None)
    if called is None and known is not None:
        called = _called(person, known.member.name, known.role, None)
    if called is not None:
        yield called, known.member.channels if known else ()


def preferred(channels: Channels, own: Channels) -> Channels:
    """The step's channels in the order that the person prefers; without any the person's own."""
    if not channels:
        return own or WITHOUT_PREFERENCE
    return tuple(sorted(channels, key=lambda c: own.index(c) if c in own else len(own)))


def _why_not(one: Found, step: PolicyStep, chain: Chain) -> str:
    if one.person is not None and _passed_on(one, step, chain):
        return f"{one.person.name} passed it on"
    return one.reason


def _passed_on(one: Found, step: PolicyStep, chain: Chain) -> bool:
    """What watches people is called for again: it may be news to them."""
    declined = one.person is not None and one.person.key in chain.declined
    return declined and not watches_people(step)


def _called(key: str, name: str, role: str, stands_in_for: str | None) -> Called:
    return Called(person=key, name=name, role=role, stands_in_for=stands_in_for)
