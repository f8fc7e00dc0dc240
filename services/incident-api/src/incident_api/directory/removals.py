"""Which removals are refused, and why."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from incident_api.directory.changes import Changes
from incident_api.directory.document import CLIENT, KIND_OF_NAME
from incident_api.web.field_error import FieldError
from incident_api.web.problem import Problem


def check_removals(found: Changes, *, allowed: bool, open_clients: AbstractSet[str]) -> None:
    """Raise 409 for a client in an open outage, and for anything left out by accident.

    ``allowed`` tells that leaving an entry out was meant.
    """
    in_outage = [key for kind, key in found.removed if kind == CLIENT.name and key in open_clients]
    if in_outage:
        raise Problem(
            "removal-refused",
            f"{_listed(in_outage)} cannot be removed during an open outage; resolve it first.",
            errors=[FieldError(f"/clients/{key}", "In an open outage.") for key in in_outage],
        )
    gone = _left_out(found)
    if gone and not allowed:
        raise Problem(
            "removal-refused",
            f"{len(gone)} entries are left out and would be removed, the first is"
            f" {gone[0].pointer}; add allow_removals=true if that is meant.",
            errors=gone,
        )


def _left_out(found: Changes) -> list[FieldError]:
    entries = [
        FieldError(f"/{KIND_OF_NAME[kind].section}/{key}", "Left out, so it would be removed.")
        for kind, key in found.removed
    ]
    contacts = [
        FieldError(f"/clients/{client}/contacts/{key}", "Left out, so it would be removed.")
        for client, key in found.contacts_removed
    ]
    return entries + contacts


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
