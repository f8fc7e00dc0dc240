"""What an absence must be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from incident_api.directory.entries import MemberEntry
from incident_api.duty.absence_bodies import AbsencePatch
from incident_api.duty.absences_store import StoredAbsence
from incident_api.web.field_error import FieldError

Staff = Mapping[str, MemberEntry]
"""Everybody in an account team, by key."""


def faults(absence: StoredAbsence, staff: Staff) -> list[FieldError]:
    found = []
    if absence.person not in staff:
        found.append(FieldError("/person", _nobody(absence.person)))
    if absence.stand_in is not None and absence.stand_in not in staff:
        found.append(FieldError("/stand_in", _nobody(absence.stand_in)))
    if absence.stand_in == absence.person:
        found.append(FieldError("/stand_in", "Somebody who is away cannot stand in; name another."))
    if absence.ends_at <= absence.starts_at:
        found.append(FieldError("/to", "'to' must be later than 'from'."))
    return found


def _nobody(person: str) -> str:
    return f"'{person}' is in no account team; GET /v1/account-teams lists who is."


def patched(absence: StoredAbsence, patch: AbsencePatch) -> StoredAbsence:
    """A moment that is ``null`` stays, since an absence has both."""
    given = {name: getattr(patch, name) for name in patch.model_fields_set}
    changed = {
        name: value
        for name, value in given.items()
        if value is not None or name in ("stand_in", "reason")
    }
    found = replace(absence, **changed)
    return found if found == absence else replace(found, version=absence.version + 1)
