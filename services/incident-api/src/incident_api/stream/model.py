"""What is logged of a change, where it stands in the log, and what is sent of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

_POSITION = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class Topic(StrEnum):
    INCIDENT = "incident"
    TIMELINE = "timeline"
    DELIVERY = "delivery"
    CONVERSATION = "conversation"
    ESCALATION = "escalation"


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log, as ``id:`` of an event: ``<transaction>-<row>``."""

    xact: int = 0
    row: int = 0

    def __str__(self) -> str:
        return f"{self.xact}-{self.row}"


def position_of(event_id: str) -> Position | None:
    """``None`` for what is no id of ours."""
    found = _POSITION.fullmatch(event_id.strip())
    return None if found is None else Position(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class Change:
    """Rows of ``topic`` that belong to the incident or window ``subject_id`` are not as before."""

    position: Position
    topic: Topic
    subject_id: str
    ids: tuple[str, ...]


def coalesced(changes: Iterable[Change]) -> list[Change]:
    """Each topic and incident once, where it was last; what is sent is as it is then anyway."""
    found: dict[tuple[Topic, str], Change] = {}
    for change in changes:
        key = (change.topic, change.subject_id)
        before = found.pop(key, None)
        ids = dict.fromkeys((*(before.ids if before else ()), *change.ids))
        found[key] = replace(change, ids=tuple(ids))
    return list(found.values())


@dataclass(frozen=True)
class Message:
    """One event as it is sent; ``id`` ``None``: more of the same position follows.

    ``subject_id`` is the incident's or window's, ``None`` for what concerns the stream itself.
    """

    event: str
    data: str
    subject_id: str | None = None
    id: Position | None = None
