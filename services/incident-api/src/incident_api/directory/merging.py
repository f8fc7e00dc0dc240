"""A document put over the directory there is."""

from __future__ import annotations

from incident_api.directory.document import Document, Entries, EntryId
from incident_api.directory.entries import Entry
from incident_api.directory.planning import Faulty, Wanted
from incident_api.directory.references import path_of
from incident_api.web.field_error import FieldError


def merged(document: Document, before: Entries) -> Wanted:
    """``before`` with each section of ``document`` in place of its own."""
    given: dict[EntryId, Entry] = {}
    places: dict[EntryId, str] = {}
    twice: list[FieldError] = []
    for kind, pointer, key, entry in document.given():
        if (kind.name, key) in given:
            twice.append(FieldError(f"{pointer}/key", f"'{key}' is there twice."))
        given[kind.name, key] = entry
        places[kind.name, key] = pointer
    if twice:
        raise Faulty(twice)
    replaced = document.sections()
    kept = {i: entry for i, entry in before.items() if i[0] not in replaced}
    return Wanted({**kept, **given}, lambda i: places.get(i) or path_of(i))
