"""When a step's condition is true, in words: of the outage as it stands at one minute.

Part of the model: it imports nothing of the service and nothing of the contracts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Spells = dict[str, int]
"""Each time a condition is true, by a name that stays: since which minute."""


@dataclass(frozen=True)
class Condition:
    """``kind`` is the trigger's name; ``number`` its rank, minutes or count, as it needs one.

    Ranks count from 1, the most severe.
    """

    kind: str
    number: int = 0
    client: str = ""
    parts: tuple[Condition, ...] = ()

    @property
    def leaves(self) -> tuple[Condition, ...]:
        return tuple(leaf for part in self.parts for leaf in part.leaves) or (self,)

    @property
    def watches(self) -> bool:
        """It may come true again and again: of a promise, of a raise, of a question."""
        again = {"update_overdue", "severity_raised", "question_unanswered", "question_waits"}
        return any(leaf.kind in again for leaf in self.leaves)

    @property
    def watches_people(self) -> bool:
        about = {"question_unanswered", "question_waits"}
        return any(leaf.kind in about for leaf in self.leaves)


@dataclass
class Question:
    client: str
    asked: int
    due: int


@dataclass
class Outage:
    """What happened so far. ``ranks``: (minute, rank) from the opening on."""

    ranks: list[tuple[int, int]]
    joined: dict[str, int]
    acknowledged: bool = False
    over: bool = False
    reopened: int | None = None
    word_due: dict[str, int] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        return self.ranks[-1][1]

    def at_least(self, rank: int) -> int | None:
        """Since when it is at least this severe without a break."""
        return self._tail(lambda severe: severe <= rank)

    def within(self, ranks: Iterable[int]) -> int | None:
        """Since when the rank is one of these without a break."""
        listed = set(ranks)
        return self._tail(lambda rank: rank in listed)

    def raises(self) -> list[int]:
        """The minutes at which it became more severe, and has not been lowered below since."""
        found = []
        for index, (minute, rank) in enumerate(self.ranks[1:], start=1):
            lowered = any(later > rank for _, later in self.ranks[index:])
            if rank < self.ranks[index - 1][1] and not lowered:
                found.append(minute)
        return found

    def _tail(self, holds: Callable[[int], bool]) -> int | None:
        since: int | None = None
        for minute, rank in self.ranks:
            if not holds(rank):
                since = None
            elif since is None:
                since = minute
        return since


def spells(when: Condition, outage: Outage, client: str, start: int) -> Spells:
    """Every way in which ``when`` is true for the client, whose chain began at ``start``."""
    match when.kind:
        case "all":
            return _product([spells(part, outage, client, start) for part in when.parts])
        case "any":
            return _union([spells(part, outage, client, start) for part in when.parts])
        case "severity_raised":
            return {f"raise {at}": at for at in outage.raises() if at >= start}
        case "update_overdue":
            due = outage.word_due.get(client)
            return {} if due is None else {f"word {due}": due + when.number}
        case "question_unanswered":
            return {k: q.due for k, q in outage.questions.items() if q.client == client}
        case "question_waits":
            mine = {k: q for k, q in outage.questions.items() if q.client == client}
            return {key: q.asked + when.number for key, q in mine.items()}
    since = _standing(when, outage, start)
    return {} if since is None else {"": max(since, start)}


def _standing(when: Condition, outage: Outage, start: int) -> int | None:
    """Since when a condition holds that is either so or not."""
    match when.kind:
        case "severity_at_least":
            return outage.at_least(when.number)
        case "unacknowledged":
            return None if outage.acknowledged else start
        case "unresolved":
            return start
        case "reopened":
            return outage.reopened
        case "clients_affected_at_least":
            joined = sorted(outage.joined.values())
            return joined[when.number - 1] if len(joined) >= when.number else None
        case "client_affected":
            return outage.joined.get(when.client)
    raise ValueError(when.kind)


def _product(each: list[Spells]) -> Spells:
    found: Spells = {"": -1}
    for other in each:
        found = {
            "&".join(filter(None, (mine, theirs))): max(found[mine], other[theirs])
            for mine in found
            for theirs in other
        }
    return found


def _union(each: list[Spells]) -> Spells:
    found: Spells = {}
    for other in each:
        for name, since in other.items():
            found[name] = min(found.get(name, since), since)
    return found
