"""Texts of the provider's own: kept, though no message is made of them yet."""

from __future__ import annotations

from collections.abc import Iterable

from incident_api.directory.entries import Entry, TemplateEntry
from incident_api.directory.plan_entries import PlanEntry

UNUSED = (
    "Templates and a plan's wording are kept, but this version does not use them yet:"
    " it sends its own wording."
)


def unused(entries: Iterable[Entry]) -> list[str]:
    """What is kept but not acted on: it must not seem to be."""
    found = any(
        isinstance(entry, TemplateEntry) or (isinstance(entry, PlanEntry) and entry.wording)
        for entry in entries
    )
    return [UNUSED] if found else []
