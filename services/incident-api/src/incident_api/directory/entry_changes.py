"""The change of a single entry, as the writer carries it out."""

from __future__ import annotations

from fastapi import Request

from incident_api.directory.document import Kind
from incident_api.directory.entries import Entry, TeamEntry
from incident_api.directory.people import spread
from incident_api.directory.planning import Wanted
from incident_api.directory.references import path_of, references_to
from incident_api.directory.snapshot import Snapshot
from incident_api.web.etags import check_if_match
from incident_api.web.problem import Problem, not_found


class PutEntry:
    """Puts one entry in its place; ``revision_before`` tells afterwards what it met there."""

    def __init__(self, request: Request, kind: Kind, key: str, entry: Entry) -> None:
        self._request = request
        self._entry = entry
        self.id = (kind.name, key)
        self.revision_before: int | None = None

    @property
    def status(self) -> int:
        return 201 if self.revision_before is None else 200

    def __call__(self, before: Snapshot) -> Wanted:
        held = before.revisions.get(self.id)
        self.revision_before = None if held is None else held.changed
        check_if_match(self._request, self.revision_before)
        entries = dict(before.entries)
        if isinstance(self._entry, TeamEntry):
            entries = spread(entries, self._entry)
        entries[self.id] = self._entry
        return Wanted(entries, lambda i: "" if i == self.id else path_of(i))


class RemoveEntry:
    """Takes one entry out, unless something still names it."""

    def __init__(self, request: Request, kind: Kind, key: str) -> None:
        self._request = request
        self._kind = kind
        self._key = key

    def __call__(self, before: Snapshot) -> Wanted:
        entry_id = (self._kind.name, self._key)
        held = before.revisions.get(entry_id)
        if held is None:
            raise not_found(self._kind.words, self._key)
        check_if_match(self._request, held.changed)
        self._check_unnamed(before)
        return Wanted({i: e for i, e in before.entries.items() if i != entry_id}, path_of)

    def _check_unnamed(self, before: Snapshot) -> None:
        naming = references_to((self._kind.name, self._key), before.entries)
        if naming:
            raise Problem(
                "still-referenced",
                f"The {self._kind.words} '{self._key}' is still named in {len(naming)} places,"
                f" the first is {naming[0].pointer}; change those first.",
                errors=naming,
            )
