"""An incident's relatives: the one that speaks for it, and those it speaks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from incident_api.incidents.recording import Recording


@dataclass(frozen=True)
class Family:
    """Those a write may change along with its incident.

    ``children`` and ``siblings`` are open or resolved. ``wanted`` is the incident that it is to
    become part of, or that one's parent: there are no grandchildren.
    """

    parent: Recording | None = None
    children: tuple[Recording, ...] = ()
    siblings: tuple[Recording, ...] = ()
    wanted: Recording | None = None

    @property
    def open_children(self) -> tuple[Recording, ...]:
        return tuple(child for child in self.children if child.incident.status.is_open)

    def __iter__(self) -> Iterator[Recording]:
        """Each once."""
        one_by_one = (self.parent, self.wanted, *self.children, *self.siblings)
        seen = {id(one): one for one in one_by_one if one is not None}
        return iter(seen.values())
