"""Which removals are refused, and why."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from incident_api.directory.changes import Changes
from incident_api.directory.document import CLIENT, KIND_OF_NAME
from incident_api.web.field_error import FieldError


@dataclass(frozen=True)
class Refusal:
    """``detail`` is a sentence with the way out; ``errors`` name each entry."""

    detail: str
    errors: tuple[FieldError, ...]


def refusal(found: Changes, *, allowed: bool, open_clients: AbstractSet[str]) -> Refusal | None:
    """A client in an open outage never goes; anything else goes where leaving it out was meant."""
    in_outage = [key for kind, key in found.removed if kind == CLIENT.name and key in open_clients]
    if in_outage:
        return Refusal(
            f"{_listed(in_outage)} cannot be removed during an open outage; resolve it first.",
            tuple(FieldError(f"/clients/{key}", "In an open outage.") for key in in_outage),
        )
    gone = _left_out(found)
    if not gone or allowed:
        return None
    return Refusal(
        f"{len(gone)} entries are left out and would be removed, the first is"
        f" {gone[0].pointer}; add allow_removals=true if that is meant.",
        gone,
    )


def _left_out(found: Changes) -> tuple[FieldError, ...]:
    sentence = "Left out, so it would be removed."
    entries = [f"/{KIND_OF_NAME[kind].section}/{key}" for kind, key in found.removed]
    contacts = [f"/clients/{client}/contacts/{key}" for client, key in found.contacts_removed]
    return tuple(FieldError(pointer, sentence) for pointer in entries + contacts)


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
