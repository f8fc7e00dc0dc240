"""What the messages of a chat's thread show, after the newest of them and after answers. Pure.

Of a client's outage the first message shows the latest state; a call to staff stays what it asked,
with the name of whoever has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin_contracts.words import Kind

from dispatcher.rendering.subject import NEVER_THREADED

NO_STATE = NEVER_THREADED | {
    Kind.FEEDBACK_REQUEST,
    Kind.AUTO_ANSWER,
    Kind.ANSWERED,
    Kind.DIGEST,
    Kind.TEST,
    Kind.CONFIRM_DESTINATION,
}
"""Messages that say nothing of how it stands."""


@dataclass(frozen=True)
class Posted:
    """A message that stands in a thread. ``taken_by`` and ``confirmed_by`` are what was answered
    to it, on whatever channel."""

    delivery_id: str
    provider_id: str
    kind: Kind
    taken_by: str | None = None
    confirmed_by: str | None = None

    @property
    def settled(self) -> bool:
        return self.taken_by is not None or self.confirmed_by is not None


@dataclass(frozen=True)
class Edit:
    """``of`` is to show what ``shows`` says; equal edits need not be made twice."""

    of: str
    shows: Posted


def edits(posts: Sequence[Posted], root_id: str | None) -> list[Edit]:
    """``posts`` oldest first; ``root_id`` is the thread's first message."""
    made = [Edit(post.provider_id, post) for post in posts if post.settled]
    root = next((post for post in posts if post.provider_id == root_id), None)
    if root is None or root.kind in NO_STATE or root.kind.for_staff:
        return made
    latest = [post for post in posts if post.kind not in NO_STATE][-1]
    if latest is root:
        return made
    return [Edit(root.provider_id, latest), *(one for one in made if one.of != root.provider_id)]
