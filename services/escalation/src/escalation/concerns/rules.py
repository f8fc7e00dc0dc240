"""Which question and which unreachable person of each client a step looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from escalation.policies.state import Concern


@dataclass(frozen=True)
class Asked:
    """A question without an answer; ``answer_due`` is by when its client was promised one."""

    question_id: str
    client_key: str
    asker: str
    answer_due: datetime


@dataclass(frozen=True)
class Unreached:
    """A client's person whom no channel reaches."""

    client_key: str
    person: str
    name: str
    at: datetime


def oldest(questions: Iterable[Asked]) -> dict[str, Concern]:
    """Of each client the question whose answer was due first: an answer settles all of them."""
    found: dict[str, Concern] = {}
    for one in sorted(questions, key=lambda one: (one.answer_due, one.question_id)):
        found.setdefault(one.client_key, Concern(one.answer_due, one.asker))
    return found


def newest(unreached: Iterable[Unreached]) -> dict[str, Concern]:
    """Of each client whoever was last found out of reach: each of them is called for once."""
    ordered = sorted(unreached, key=lambda one: (one.at, one.person))
    return {one.client_key: Concern(one.at, one.name) for one in ordered}
