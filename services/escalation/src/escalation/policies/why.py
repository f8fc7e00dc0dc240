"""Why a message is sent: in facts, for readers of any language, and in English words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tocsin_contracts.events import Reason

from escalation.policies import words
from escalation.policies.messages import Message
from escalation.policies.scene import Scene
from escalation.triggers.registry import RULES
from escalation.triggers.rule import Leaf, Told

ABOUT_SEVERITY = frozenset({"severity_at_least", "severity_raised"})


def true_conditions(message: Message, scene: Scene) -> dict[str, Told]:
    """By trigger what is true, of all the message's clients together."""
    by_trigger: dict[str, list[tuple[str, Leaf]]] = {}
    for client_key in message.client_keys:
        for leaf in message.leaves.get(client_key, ()):
            by_trigger.setdefault(leaf.trigger, []).append((client_key, leaf))
    return {trigger: _told(found, scene) for trigger, found in by_trigger.items()}


def reasons(true: dict[str, Told]) -> tuple[Reason, ...]:
    return tuple(_fact(trigger, told) for trigger, told in true.items())


def in_words(message: Message, true: dict[str, Told], scene: Scene) -> str:
    """``critical, open for 15 minutes, and nobody speaks for us with ACME yet``."""
    by_name = message.taken or any(RULES[trigger].watches_people for trigger in true)
    said = "unconfirmed" in true
    clients = scene.people.names(message.client_keys)
    ends = "" if by_name or said else words.spoken_for_by_nobody(clients, message.kind)
    return words.reason(
        true,
        scene.facts.severity,
        open_for=scene.now - scene.facts.known_at,
        passed_on_by=message.passed_on_by,
        after_pause=message.after_pause,
        ends=ends,
    )


def watched(message: Message) -> dict[str, list[Leaf]]:
    """By client the questions, or the people out of reach, that it is about."""
    found = {
        client_key: [leaf for leaf in leaves if RULES[leaf.trigger].watches_people]
        for client_key, leaves in message.leaves.items()
    }
    return {client_key: leaves for client_key, leaves in found.items() if leaves}


def _told(found: Sequence[tuple[str, Leaf]], scene: Scene) -> Told:
    named = [name for _, leaf in found for name in leaf.names]
    named += [scene.people.names([leaf.client_key])[0] for _, leaf in found if leaf.client_key]
    return Told(
        severity=scene.facts.severity,
        lasting=scene.now - min(leaf.began_at for _, leaf in found),
        names=tuple(dict.fromkeys(named)),
        clients=scene.people.names(list(dict.fromkeys(client_key for client_key, _ in found))),
        count=max((leaf.count for _, leaf in found if leaf.count is not None), default=None),
    )


def _fact(trigger: str, told: Told) -> Reason:
    about_severity = trigger in ABOUT_SEVERITY
    return Reason(
        trigger=trigger,
        severity=told.severity if about_severity else None,
        minutes=None if told.lasting < timedelta(0) else int(told.lasting / timedelta(minutes=1)),
        names=tuple(told.names or (() if about_severity else told.clients)),
        count=told.count,
    )
