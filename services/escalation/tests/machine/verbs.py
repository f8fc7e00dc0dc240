"""What happens to an outage and what people do about it, in words: what each changes in the model.

Part of the model: it imports nothing of the service and nothing of the contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.escalation.tests.machine.chains import Chain, Step
from services.escalation.tests.machine.conditions import Question
from services.escalation.tests.machine.model import EXPIRES, World

# ── the outage ──────────────────────────────────────────────────────────────────────────────────


def acknowledge(world: World) -> None:
    world.outage.acknowledged = True


def set_rank(world: World, rank: int) -> None:
    if rank != world.outage.rank:
        world.outage.ranks.append((world.minute, rank))


def write(world: World, clients: Iterable[str], next_word: int) -> None:
    """A word to these clients: whoever has one of them goes on having it."""
    for client in clients:
        world.outage.word_due[client] = world.minute + next_word
        chain = world.chains[client]
        if chain.going and chain.taken is not None:
            _has_it(world, chain, chain.taken[0])


def end(world: World) -> None:
    world.outage.over = True
    for chain in world.chains.values():
        chain.going = False


def reopen(world: World, next_word: int, *, by_alert: bool) -> None:
    """What an alert brings back is nobody's until somebody has it again."""
    outage = world.outage
    outage.over, outage.reopened = False, world.minute
    outage.acknowledged = outage.acknowledged and not by_alert
    for client in outage.joined:
        begin_again(world, world.chains[client])
        outage.word_due[client] = world.minute + next_word


def join(world: World, client: str, steps: Sequence[Step]) -> None:
    """A client keeps the policy that its chain began with."""
    world.outage.joined[client] = world.minute
    known = world.chains.get(client)
    if known is None:
        world.chains[client] = Chain(client, steps, world.minute)
    else:
        begin_again(world, known)


def leave(world: World, client: str) -> None:
    del world.outage.joined[client]
    world.outage.word_due.pop(client, None)
    world.chains[client].going = False


def begin_again(world: World, chain: Chain) -> None:
    """A new round; who had it has it again. What was left of the round before was cancelled."""
    had = chain.taken
    fresh = Chain(chain.client, chain.steps, world.minute)
    fresh.taken = None if had is None else (had[0], max(had[1], world.minute + EXPIRES))
    world.chains[chain.client] = fresh


def ask(world: World, key: str, client: str, answer_within: int) -> None:
    due = world.minute + answer_within
    world.outage.questions[key] = Question(client, world.minute, due)


def answer(world: World, key: str) -> None:
    world.outage.questions.pop(key, None)


# ── the people ──────────────────────────────────────────────────────────────────────────────────


def take(world: World, person: str, clients: Iterable[str]) -> None:
    for chain in _theirs(world, person, clients):
        _has_it(world, chain, person)


def _has_it(world: World, chain: Chain, person: str) -> None:
    """Whoever passed it on before, or let everybody be called, has it nevertheless."""
    has_it = chain.taken is not None and chain.taken[0] == person
    until = chain.taken[1] if has_it and chain.taken is not None else 0
    chain.taken = (person, max(until, world.minute + EXPIRES))
    chain.passed_on.discard(person)
    chain.exhausted = False


def decline(world: World, person: str, clients: Iterable[str]) -> None:
    """Passed on once, it is passed on; while somebody else has it, it stays with them."""
    for chain in _theirs(world, person, clients):
        again = person in chain.passed_on
        chain.passed_on.add(person)
        if chain.taken is not None and chain.taken[0] != person:
            continue
        if chain.taken is not None or not again:
            world.let_go(chain, person)


def hand_over(world: World, person: str, to: str, clients: Iterable[str]) -> None:
    for chain in _theirs(world, person, clients):
        elsewhere = chain.taken is not None and chain.taken[0] != person
        if elsewhere or to == person or to not in world.teams[chain.client].people:
            continue
        _has_it(world, chain, person)
        chain.asked.add(to)


def _theirs(world: World, person: str, clients: Iterable[str]) -> list[Chain]:
    """Whoever was called, or belongs to the team, may answer for the clients named."""
    named = set(clients)
    return [
        chain
        for chain in world.chains.values()
        if chain.going
        and (not named or chain.client in named)
        and (person in chain.reached | world.teams[chain.client].people or _operates(person))
    ]


def _operates(person: str) -> bool:
    return person.startswith("key:")


# ── the operator ────────────────────────────────────────────────────────────────────────────────


def pause(world: World, clients: Iterable[str], minutes: int | None) -> None:
    for chain in _going(world, clients):
        chain.paused = True
        chain.resumes = None if minutes is None else world.minute + minutes


def resume(world: World, clients: Iterable[str]) -> None:
    for chain in _going(world, clients):
        if chain.paused:
            world.resume(chain)


def escalate(world: World, clients: Iterable[str]) -> None:
    """The next step on the list is called now, whatever holds it back."""
    for chain in _going(world, clients):
        following = chain.next_on_the_list()
        if following is not None:
            if chain.held_from is not None:
                chain.had_it_until = world.minute
            chain.forced, chain.held_from = following, None


def de_escalate(world: World, clients: Iterable[str]) -> None:
    """The last step that called is taken back; nothing from it on calls by itself."""
    for chain in _going(world, clients):
        called = [
            call.step
            for call in chain.calls
            if call.people and not chain.steps[call.step].when.watches
        ]
        held = max(called) if called else chain.next_on_the_list()
        chain.held_from = chain.held_from if held is None else held


def _going(world: World, clients: Iterable[str]) -> list[Chain]:
    named = set(clients)
    chains = [chain for chain in world.chains.values() if chain.going]
    return [chain for chain in chains if not named or chain.client in named]
