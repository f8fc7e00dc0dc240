"""Which messages a set of calls makes: one for each person, listing every client it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from tocsin_contracts.events import Called, MadeCall
from tocsin_contracts.policies import ChainKind, PolicyStep
from tocsin_contracts.words import Channel

from escalation.policies.state import Call, Chain, Fired, Forced
from escalation.triggers import registry
from escalation.triggers.rule import Leaf

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Message:
    """``people`` hear of ``client_keys`` on ``channels``; step and call are the first client's.

    By client: ``leaves`` are the conditions that are true, ``calls`` the calls that it makes.
    ``taken``: somebody has one of the clients.
    """

    kind: ChainKind
    client_keys: tuple[str, ...]
    people: tuple[Called, ...]
    channels: tuple[Channel, ...]
    policy_key: str
    trigger: str
    passed_on_by: tuple[str, ...]
    call: Call
    leaves: Mapping[str, tuple[Leaf, ...]] = field(default_factory=dict)
    calls: Mapping[str, tuple[MadeCall, ...]] = field(default_factory=dict)
    unavailable: tuple[str, ...] = ()
    after_pause: bool = False
    forced: Forced | None = None
    taken: bool = False

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
        for channel in one.channels.get(person.person, one.call.channels)
    ]
    by_reader = grouped(atoms, lambda a: (a[0].person, a[1], _occasion(a[2])))
    messages = [_message(group) for group in by_reader]
    by_channels = grouped(messages, lambda m: (m.people, m.client_keys, _why(m)))
    messages = [_join(group) for group in by_channels]
    by_people = grouped(messages, lambda m: (m.channels, m.client_keys, _why(m)))
    return [_join(group) for group in by_people]


def trigger_name(chain: Chain, call: Call) -> str:
    return step_trigger(chain.policy.steps[call.step])


def step_trigger(step: PolicyStep) -> str:
    """The field of the step's trigger that is set."""
    return registry.field_of(step.trigger)[0]


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> list[list[Item]]:
    """Items with equal keys together, in the order of their first one."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return list(groups.values())


def _passed_on(fired: Fired) -> tuple[str, ...]:
    return tuple(sorted(fired.chain.declined.values()))


def _occasion(fired: Fired) -> Hashable:
    """What calls have in common that one message can say for all its clients."""
    forced = fired.forced
    return (
        fired.chain.kind,
        trigger_name(fired.chain, fired.call),
        tuple(dict.fromkeys(leaf.trigger for leaf in fired.leaves)),
        _passed_on(fired),
        None if forced is None else (forced.by, forced.reason),
    )


def _why(message: Message) -> Hashable:
    return (
        message.kind,
        message.trigger,
        message.passed_on_by,
        message.policy_key,
        message.call.step,
        message.call.number,
        message.forced,
        tuple(sorted(message.calls.items())),
    )


def _message(atoms: Sequence[tuple[Called, Channel, Fired]]) -> Message:
    person, channel, _ = atoms[0]
    calls = [one for _, _, one in atoms]
    firsts = {one.chain.client_key: one for one in reversed(calls)}
    first = firsts[min(firsts)]
    return Message(
        kind=first.chain.kind,
        client_keys=tuple(sorted(firsts)),
        people=(person,),
        channels=(channel,),
        policy_key=first.chain.policy.key,
        trigger=trigger_name(first.chain, first.call),
        passed_on_by=_passed_on(first),
        call=first.call,
        leaves=by_client((one.chain.client_key, leaf) for one in calls for leaf in one.leaves),
        calls=by_client((one.chain.client_key, made_call(one.call)) for one in calls),
        unavailable=tuple(dict.fromkeys(why for one in calls for why in one.unavailable)),
        after_pause=any(one.after_pause for one in calls),
        forced=first.forced,
        taken=any(one.chain.take is not None for one in calls),
    )


def made_call(call: Call) -> MadeCall:
    return MadeCall(
        step=call.step,
        call=call.number,
        occurrence=call.occurrence,
        turns=call.turns,
        due_at=call.due_at,
    )


def by_client(items: Iterable[tuple[str, Key]]) -> dict[str, tuple[Key, ...]]:
    """Each once, in order."""
    found: dict[str, dict[Key, None]] = defaultdict(dict)
    for client_key, item in items:
        found[client_key][item] = None
    return {client_key: tuple(each) for client_key, each in found.items()}


def _join(messages: Sequence[Message]) -> Message:
    people = {p.person: p for m in messages for p in m.people}
    channels = dict.fromkeys(c for m in messages for c in m.channels)
    missing = dict.fromkeys(why for m in messages for why in m.unavailable)
    return replace(
        messages[0],
        people=tuple(people.values()),
        channels=tuple(channels),
        unavailable=tuple(missing),
    )
