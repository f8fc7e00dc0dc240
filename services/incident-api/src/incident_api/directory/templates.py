"""Which words of the provider's own have to be looked at again, and for which kinds of message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tocsin_contracts.words import Kind

from incident_api.directory.document import TEMPLATE, Entries
from incident_api.directory.entries import TemplateEntry
from incident_api.directory.plan_entries import PlanEntry


@dataclass(frozen=True)
class TemplateUse:
    """A template and a kind whose words it replaces; ``initial`` where no plan names it yet."""

    template: TemplateEntry
    kind: Kind


def new_uses(before: Entries, after: Entries) -> list[TemplateUse]:
    """Uses that are not there already, word for word."""
    known = set(_uses(before))
    return [use for use in dict.fromkeys(_uses(after)) if use not in known]


def _uses(entries: Entries) -> Iterator[TemplateUse]:
    named: set[str] = set()
    for entry in entries.values():
        for kind, key in entry.wording.items() if isinstance(entry, PlanEntry) else ():
            template = entries.get((TEMPLATE.name, key))
            if isinstance(template, TemplateEntry):
                named.add(key)
                yield TemplateUse(template, kind)
    for entry in entries.values():
        if isinstance(entry, TemplateEntry) and entry.key not in named:
            yield TemplateUse(entry, Kind.INITIAL)
