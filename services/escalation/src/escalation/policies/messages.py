"""Which messages a set of calls makes: one for each person, listing every client it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from tocsin_contracts.events import Called
from tocsin_contracts.policies import PolicyStep
from tocsin_contracts.words import Channel

from escalation.policies.state import Call, Chain, Fired
from escalation.policies.timing import watches_people

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Message:
    """``people`` hear of ``client_keys`` on ``channels``; step and call are the first client's.

    ``watched`` are by client the questions or people that it is about, if it is about such.
    """

    client_keys: tuple[str, ...]
    people: tuple[Called, ...]
    channels: tuple[Channel, ...]
    policy_key: str
    trigger: str
    passed_on_by: tuple[str, ...]
    call: Call
    watched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def due_at(self) -> datetime:
        return self.call.due_at


def gather(fired: Sequence[Fired]) -> list[Message]:
    """Merge calls that go out together.

    A person who stands for several clients gets one message a channel with all of them, also where
    their policies differ; channels and people with the same message share one event.
    """
    atoms = [
        (person, channel, one)
        for one in fired
        for person in one.call.people
        for channel in one.call.channels
    ]
    by_reader = grouped(atoms, lambda a: (a[0].person, a[1], trigger_of(a[2]), _passed_on(a[2])))
    messages = [_message(group) for group in by_reader]
    by_channels = grouped(messages, lambda m: (m.people, m.client_keys, _why(m)))
    messages = [_join(group) for group in by_channels]
    by_people = grouped(messages, lambda m: (m.channels, m.client_keys, _why(m)))
    return [_join(group) for group in by_people]


def trigger_of(fired: Fired) -> str:
    return trigger_name(fired.chain, fired.call)


def trigger_name(chain: Chain, call: Call) -> str:
    return step_trigger(chain.policy.steps[call.step])


def step_trigger(step: PolicyStep) -> str:
    """The field of the step's trigger that is set."""
    return next(iter(step.trigger.model_dump(exclude_none=True)))


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> list[list[Item]]:
    """Items with equal keys together, in the order of their first one."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return list(groups.values())


def _passed_on(fired: Fired) -> tuple[str, ...]:
    return tuple(sorted(fired.chain.declined.values()))


def _why(message: Message) -> tuple[Hashable, ...]:
    call = message.call
    watched = tuple(sorted(message.watched.items()))
    return (
        message.trigger,
        message.passed_on_by,
        message.policy_key,
        call.step,
        call.number,
        watched,
    )


def _message(atoms: Sequence[tuple[Called, Channel, Fired]]) -> Message:
    person, channel, _ = atoms[0]
    by_client = {one.chain.client_key: one for _, _, one in reversed(atoms)}
    first = by_client[min(by_client)]
    return Message(
        client_keys=tuple(sorted(by_client)),
        people=(person,),
        channels=(channel,),
        policy_key=first.chain.policy.key,
        trigger=trigger_of(first),
        passed_on_by=_passed_on(first),
        call=first.call,
        watched=_watched([one for _, _, one in atoms]),
    )


def _watched(fired: Sequence[Fired]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for one in fired:
        if watches_people(one.chain.policy.steps[one.call.step]):
            found[one.chain.client_key][one.call.occurrence] = None
    return {key: tuple(ids) for key, ids in found.items()}


def _join(messages: Sequence[Message]) -> Message:
    people = {p.person: p for m in messages for p in m.people}
    channels = dict.fromkeys(c for m in messages for c in m.channels)
    return replace(messages[0], people=tuple(people.values()), channels=tuple(channels))
