"""What of each client a step looks at: each question, and each person out of reach, by itself."""

from __future__ import annotations

from collections import defaultdict
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


ByClient = dict[str, tuple[Concern, ...]]


def unanswered(questions: Iterable[Asked]) -> ByClient:
    return _by_client(
        (one.client_key, Concern(one.question_id, one.answer_due, one.asker)) for one in questions
    )


def out_of_reach(unreached: Iterable[Unreached]) -> ByClient:
    return _by_client((one.client_key, Concern(one.person, one.at, one.name)) for one in unreached)


def _by_client(concerns: Iterable[tuple[str, Concern]]) -> ByClient:
    found: dict[str, list[Concern]] = defaultdict(list)
    for client_key, concern in concerns:
        found[client_key].append(concern)
    return {key: tuple(sorted(each, key=lambda c: (c.since, c.id))) for key, each in found.items()}
