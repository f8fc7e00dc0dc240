"""Policies that are not saved, checked as if they were to be."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.policies import EscalationPolicy

from incident_api.directory.document import POLICY, Entries, timezone_of
from incident_api.directory.policy_documents import policy_document
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.references import faults, path_of
from incident_api.web.field_error import FieldError


def faults_of(given: Sequence[PolicyEntry], entries: Entries) -> list[FieldError]:
    """What would refuse ``given`` in place of those of the same keys; pointers into the body."""
    places = {(POLICY.name, one.key): f"/escalation_policies/{i}" for i, one in enumerate(given)}
    twice = [
        FieldError(f"/escalation_policies/{index}/key", f"'{one.key}' is there twice.")
        for index, one in enumerate(given)
        if one.key in {before.key for before in given[:index]}
    ]
    wanted = {**entries, **{(POLICY.name, one.key): one for one in given}}
    return twice or faults(wanted, lambda i: places.get(i) or path_of(i))


def documents_of(given: Sequence[PolicyEntry], entries: Entries) -> tuple[EscalationPolicy, ...]:
    timezone = timezone_of(entries)
    return tuple(policy_document(one, timezone) for one in given)
