"""The events that bring people in. Pure: snapshot and names are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tocsin_contracts.events import NextCall, StepFired
from tocsin_contracts.words import Kind

from escalation.policies import why
from escalation.policies.messages import Message, gather
from escalation.policies.outlook import next_call
from escalation.policies.scene import Scene
from escalation.policies.state import Chain, ChainKey, Fired
from escalation.policies.timing import LATE_AFTER


def fired_events(
    scene: Scene, fired: Sequence[Fired], after: Mapping[ChainKey, Chain]
) -> Iterator[StepFired]:
    """``after`` are the chains as the look leaves them, which say who is next."""
    for message in gather(fired):
        yield _fired(scene, message, after)


def _fired(scene: Scene, message: Message, after: Mapping[ChainKey, Chain]) -> StepFired:
    late = scene.now - message.due_at
    true = why.true_conditions(message, scene)
    watched = why.watched(message)
    outlooks = _outlooks(scene, message, after)
    leaves = [leaf for each in watched.values() for leaf in each]
    return StepFired(
        incident=scene.snapshot,
        chain=message.kind,
        client_keys=message.client_keys,
        at=scene.now,
        kind=Kind.ESCALATION,
        policy_key=message.policy_key,
        step=message.call.step,
        call=message.call.number,
        trigger=message.trigger,
        reason=why.in_words(message, true, scene),
        why=why.reasons(true),
        open_minutes=int((scene.now - scene.facts.known_at).total_seconds() // 60),
        passed_on_by=message.passed_on_by,
        unavailable=message.unavailable,
        by=message.forced.by if message.forced else None,
        by_reason=message.forced.reason if message.forced else None,
        notify=message.people,
        channels=message.channels,
        next=min((n for n in outlooks.values() if n), key=lambda n: n.at, default=None),
        next_by_client=_where_it_differs(outlooks),
        due_at=message.due_at,
        late_by_seconds=int(late.total_seconds()) if late > LATE_AFTER else None,
        calls=dict(message.calls),
        watched={key: tuple(leaf.id for leaf in each) for key, each in watched.items()},
        about=tuple(dict.fromkeys(name for leaf in leaves for name in leaf.names)),
        about_since=min((leaf.began_at for leaf in leaves), default=None),
    )


def _outlooks(
    scene: Scene, message: Message, after: Mapping[ChainKey, Chain]
) -> dict[str, NextCall | None]:
    called = {person.person for person in message.people}
    return {
        key: next_call(after[key, message.kind], scene.facts, scene.people, besides=called)
        for key in message.client_keys
    }


def _where_it_differs(outlooks: Mapping[str, NextCall | None]) -> dict[str, NextCall]:
    """Who is called next for each client; nothing where one answer holds for all."""
    if len(set(outlooks.values())) <= 1:
        return {}
    return {key: one for key, one in outlooks.items() if one is not None}
