"""The shape of a trigger's rule, and of what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tocsin_contracts.words import Severity

from escalation.triggers.facts import Facts, Running


@dataclass(frozen=True)
class Leaf:
    """One condition that is true. ``id`` tells apart what may come true again.

    ``began_at`` is the moment from which its words count: when the word was promised, the question
    asked. ``names`` are the people it is about, ``client_key`` is a client that the trigger names.
    """

    trigger: str
    id: str
    began_at: datetime
    names: tuple[str, ...] = ()
    client_key: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class Occurrence:
    """A condition came true at ``since``, by all of ``leaves``; a step's clock runs from there."""

    id: str
    since: datetime
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Told:
    """One kind of condition that is true, for whom a call is about.

    ``lasting`` is how long it has been so, or how late it is; ``names`` are the people, or the
    client, that it is about, ``clients`` those whom the call is for.
    """

    severity: Severity
    lasting: timedelta
    names: Sequence[str]
    clients: Sequence[str]
    count: int | None = None


@dataclass(frozen=True)
class Rule:
    """``occurrences`` gets the trigger field's value. ``phrase`` says in words that it is true, for
    "Why you, why now: critical, …"; ``over`` in a sentence that it no longer is.

    ``comes_again``: there may be another occurrence later. ``watches_people``: it is about somebody
    who waits or cannot be reached. ``proved``: messages prove that it is over, which is told as the
    promise that was kept.
    """

    occurrences: Callable[[Any, Running, Facts], tuple[Occurrence, ...]]
    phrase: Callable[[Told], str]
    over: Callable[[Facts], str]
    comes_again: bool = False
    watches_people: bool = False
    proved: bool = False


def lasting(trigger: str, since: datetime, running: Running) -> tuple[Occurrence, ...]:
    """A state that comes true once: it counts from the chain's own start at the earliest."""
    since = max(since, running.started_at)
    return (Occurrence("", since, (Leaf(trigger, "", since),)),)


NEVER: tuple[Occurrence, ...] = ()
