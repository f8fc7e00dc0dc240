"""What of each client a step looks at: each question, and each person out of reach, by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from escalation.triggers.facts import OutOfReach, Question

One = TypeVar("One")


@dataclass(frozen=True)
class Asked:
    """A question without an answer; ``answer_due`` is by when its client was promised one."""

    question_id: str
    client_key: str
    asker: str
    answer_due: datetime | None
    asked_at: datetime


@dataclass(frozen=True)
class Unreached:
    """A client's person whom no channel reaches."""

    client_key: str
    person: str
    name: str
    at: datetime
    roles: tuple[str, ...] = ()


def unanswered(questions: Iterable[Asked]) -> dict[str, tuple[Question, ...]]:
    """By client, the oldest first."""
    return _by_client(
        (one.client_key, Question(one.question_id, one.asker, one.asked_at, one.answer_due))
        for one in sorted(questions, key=lambda one: (one.asked_at, one.question_id))
    )


def out_of_reach(unreached: Iterable[Unreached]) -> dict[str, tuple[OutOfReach, ...]]:
    return _by_client(
        (one.client_key, OutOfReach(one.person, one.name, one.at, one.roles))
        for one in sorted(unreached, key=lambda one: (one.at, one.person))
    )


def _by_client(items: Iterable[tuple[str, One]]) -> dict[str, tuple[One, ...]]:
    found: dict[str, list[One]] = defaultdict(list)
    for client_key, one in items:
        found[client_key].append(one)
    return {key: tuple(each) for key, each in found.items()}
