"""Whether a directory holds together: every name in it leads somewhere, and nothing leads in
circles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import chain

from incident_api.directory.defaults import DEFAULT_KEY
from incident_api.directory.document import (
    CLIENT,
    KIND_OF_NAME,
    PLAN,
    POLICY,
    PROVIDER,
    SYSTEM,
    TEAM,
    TEMPLATE,
    Entries,
    EntryId,
    Kind,
)
from incident_api.directory.duty_references import duty_faults, others_twice
from incident_api.directory.entries import ClientEntry, Entry, SystemEntry, TeamEntry
from incident_api.directory.people import LAST_RESORT, NOC, people_in
from incident_api.directory.plan_entries import PlanEntry
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.policy_references import clients_named, misplaced, policies_named
from incident_api.directory.policy_rules import policy_faults
from incident_api.web.field_error import FieldError

WhereIs = Callable[[EntryId], str]
"""The pointer of an entry: into the document that gives it, else its path under /v1."""

Reference = tuple[str, Kind, str]
"""(pointer within the entry, kind, key) of what an entry names."""

RESERVED_PEOPLE = frozenset({NOC, LAST_RESORT})


def path_of(entry_id: EntryId) -> str:
    """Where an entry that stands in no given document is found."""
    kind = KIND_OF_NAME[entry_id[0]]
    return "/provider" if kind is PROVIDER else f"/{kind.path}/{entry_id[1]}"


def faults(entries: Entries, where_is: WhereIs) -> list[FieldError]:
    """Everything wrong with ``entries`` as a whole; empty when it holds together."""
    found = chain(
        _unknown_names(entries, where_is),
        _circles(entries, where_is),
        chain.from_iterable(_repeats(entry, where_is(i)) for i, entry in entries.items()),
        _people_in_two_versions(entries, where_is),
        _faulty_policies(entries, where_is),
    )
    return list(found)


def references_to(target: EntryId, entries: Entries) -> list[FieldError]:
    """Each place that names ``target``."""
    kind_name, key = target
    return [
        FieldError(path_of(entry_id) + pointer, f"This names the {kind.words} '{key}'.")
        for entry_id, entry in sorted(entries.items(), key=lambda item: item[0])
        for pointer, kind, named in references_in(entry)
        if (kind.name, named) == (kind_name, key)
    ]


def references_in(entry: Entry) -> Iterator[Reference]:
    for pointer, key, _ in policies_named(entry):
        yield pointer, POLICY, key
    match entry:
        case SystemEntry():
            yield from ((f"/depends_on/{i}", SYSTEM, key) for i, key in enumerate(entry.depends_on))
        case ClientEntry():
            yield from _references_of_client(entry)
        case PolicyEntry():
            yield from ((pointer, CLIENT, key) for pointer, key in clients_named(entry))
        case PlanEntry():
            yield from ((f"/wording/{kind}", TEMPLATE, key) for kind, key in entry.wording.items())


def _references_of_client(entry: ClientEntry) -> Iterator[Reference]:
    for index, use in enumerate(entry.systems):
        yield f"/systems/{index}", SYSTEM, use.key
        if use.communication_plan is not None:
            yield f"/systems/{index}/communication_plan", PLAN, use.communication_plan
    if entry.account_team is not None:
        yield "/account_team", TEAM, entry.account_team
    if entry.communication_plan is not None:
        yield "/communication_plan", PLAN, entry.communication_plan


def _unknown_names(entries: Entries, where_is: WhereIs) -> Iterator[FieldError]:
    for entry_id, entry in entries.items():
        for pointer, kind, key in references_in(entry):
            built_in = kind in (PLAN, POLICY) and key == DEFAULT_KEY
            if not built_in and (kind.name, key) not in entries:
                yield FieldError(where_is(entry_id) + pointer, f"There is no {kind.words} '{key}'.")


def _circles(entries: Entries, where_is: WhereIs) -> Iterator[FieldError]:
    systems = {e.key: e.depends_on for e in entries.values() if isinstance(e, SystemEntry)}
    try:
        TopologicalSorter(systems).prepare()
    except CycleError as error:
        circle: list[str] = list(reversed(error.args[1]))
        yield FieldError(
            where_is((SYSTEM.name, circle[0])) + "/depends_on",
            f"These systems depend on one another in a circle: {' → '.join(circle)}.",
        )


def _faulty_policies(entries: Entries, where_is: WhereIs) -> Iterator[FieldError]:
    for entry_id, entry in entries.items():
        for pointer, detail in misplaced(entry, entries):
            yield FieldError(where_is(entry_id) + pointer, detail)
        if isinstance(entry, PolicyEntry):
            for fault in policy_faults(entry):
                yield FieldError(where_is(entry_id) + fault.pointer, fault.detail)


def _repeats(entry: Entry, base: str) -> Iterator[FieldError]:
    if isinstance(entry, ClientEntry):
        yield from _repeated(f"{base}/systems", "", [use.key for use in entry.systems])
        yield from _repeated(f"{base}/contacts", "/key", [c.key for c in entry.contacts])
    if isinstance(entry, TeamEntry):
        for pointer, detail in chain(others_twice(entry), duty_faults(entry)):
            yield FieldError(base + pointer, detail)
        for person in people_in(entry):
            if person.id[1] in RESERVED_PEOPLE:
                yield FieldError(
                    f"{base}{person.pointer}/key",
                    f"'{person.id[1]}' is the key of the provider's own desk; choose another.",
                )


def _repeated(base: str, suffix: str, keys: Iterable[str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield FieldError(f"{base}/{index}{suffix}", f"'{key}' is there twice.")
        seen.add(key)


def _people_in_two_versions(entries: Entries, where_is: WhereIs) -> Iterator[FieldError]:
    """One person is one key, so two teams cannot know the same one by two phone numbers."""
    seen: dict[object, object] = {}
    for entry_id, entry in entries.items():
        if not isinstance(entry, TeamEntry):
            continue
        for person in people_in(entry):
            if seen.setdefault(person.id, person.details) != person.details:
                yield FieldError(
                    where_is(entry_id) + person.pointer,
                    f"'{person.id[1]}' is there twice with different details;"
                    " write the same ones everywhere.",
                )
