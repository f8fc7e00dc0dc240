"""What a trigger looks at. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Promise, Severity

Found = TypeVar("Found")


@dataclass(frozen=True)
class Question:
    """One without an answer. ``answer_due`` ``None``: none was promised by a moment."""

    id: str
    asker: str
    asked_at: datetime
    answer_due: datetime | None = None


@dataclass(frozen=True)
class OutOfReach:
    """A client's person whom no channel has reached, from ``since`` on."""

    person: str
    name: str
    since: datetime
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owed:
    """A promise to a client that is not done; ``broken``: judged so."""

    promise: Promise
    made_at: datetime
    due_at: datetime
    broken: bool = False


@dataclass(frozen=True)
class SeveritySpan:
    """The incident had ``severity`` from ``since`` until the next span begins."""

    severity: Severity
    since: datetime


@dataclass(frozen=True)
class Facts:
    """The incident as the triggers see it.

    ``severity_since`` holds, for each severity the incident is at least as severe as, since when
    without a break; ``severities`` is the history, oldest first. ``is_open``: not over, and not
    spoken for by another incident. ``reopened_at``: it came back then. By client: ``words_due`` the
    moment by which a word was promised that is not written yet, ``owed`` the promises for which
    nobody at the client was reached yet, ``questions`` those without an answer, ``out_of_reach``
    whom no channel reaches, ``affected_since`` when each present one joined, ``tags`` its own.
    """

    severity: Severity
    severity_since: Mapping[Severity, datetime]
    known_at: datetime
    severities: tuple[SeveritySpan, ...] = ()
    acknowledged: bool = False
    is_open: bool = True
    reopened_at: datetime | None = None
    words_due: Mapping[str, datetime] = field(default_factory=dict)
    owed: Mapping[str, tuple[Owed, ...]] = field(default_factory=dict)
    questions: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    out_of_reach: Mapping[str, tuple[OutOfReach, ...]] = field(default_factory=dict)
    affected_since: Mapping[str, datetime] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _found: dict[Hashable, tuple[object, Any]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def once(self, of: object, key: Hashable, find: Callable[[], Found]) -> Found:
        """What ``find`` answers of ``of`` at these facts: one look asks for it several times.

        ``key`` names all that it depends on beside ``of`` and the facts.
        """
        asked = (id(of), key)
        known, found = self._found.get(asked, (None, None))
        if known is not of:
            found = find()
            self._found[asked] = (of, found)
        return cast(Found, found)


class Running(Protocol):
    """The escalation of one client, as far as a trigger asks."""

    @property
    def client_key(self) -> str: ...
    @property
    def kind(self) -> ChainKind: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def confirmed(self) -> object | None: ...
