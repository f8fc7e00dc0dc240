"""One revision of the directory, and how decisions read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from tocsin_contracts import directory as contract
from tocsin_contracts.model import Model as Document
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.staff import AccountTeam

from incident_api.directory.contract_documents import document_of
from incident_api.directory.document import (
    CLIENT,
    PLAN,
    POLICY,
    SYSTEM,
    TEAM,
    THE_PROVIDER,
    Entries,
    EntryId,
    Kind,
)
from incident_api.directory.presence import NOBODY_AWAY, Presence
from incident_api.directory.publishing import BUILT_IN
from incident_api.directory.team_documents import context_of
from incident_api.directory.view import DirectoryView

Model = TypeVar("Model")


@dataclass(frozen=True)
class State:
    """``comparison_key`` is the key of the hashes by which secrets are compared, drawn once.

    ``written_revision`` is the newest one in which somebody wrote something; later ones told who
    is away or on duty.
    """

    revision: int
    comparison_key: bytes
    defaults_digest: bytes
    defaults_revision: int
    written_revision: int


@dataclass(frozen=True)
class Revision:
    """In which revisions an entry was last written and was made."""

    changed: int
    created: int


@dataclass(frozen=True)
class Snapshot:
    """One consistent revision of everything the provider wrote, secrets masked.

    ``documents`` are the entries as other services see them.
    """

    state: State
    entries: Entries = field(default_factory=dict)
    revisions: Mapping[EntryId, Revision] = field(default_factory=dict)
    documents: Mapping[EntryId, Document] = field(default_factory=dict)

    def following(
        self,
        state: State,
        revisions: Mapping[EntryId, Revision],
        fresh: Entries,
        presence: Presence = NOBODY_AWAY,
    ) -> Snapshot:
        """A later revision, in which ``fresh`` was told and only ``revisions`` names what is left.

        Whatever stayed is the same object: in a large directory few entries change at a time.
        """
        entries = {i: fresh[i] if i in fresh else self.entries[i] for i in revisions}
        context = context_of(entries, presence)
        told = {i: document_of(entry, context) for i, entry in fresh.items()}
        documents = {**self.documents, **told}
        return Snapshot(
            state, entries, revisions, {i: d for i, d in documents.items() if i in revisions}
        )

    @cached_property
    def view(self) -> DirectoryView:
        documents = {**BUILT_IN, **self.documents}
        built_in = dict.fromkeys(BUILT_IN, self.state.defaults_revision)
        written = {i: revision.changed for i, revision in self.revisions.items()}
        provider: Any = documents[THE_PROVIDER]
        return DirectoryView(
            revision=self.state.revision,
            provider=provider,
            systems=_of(documents, SYSTEM, contract.System),
            clients=_of(documents, CLIENT, contract.Client),
            teams=_of(documents, TEAM, AccountTeam),
            plans=_of(documents, PLAN, contract.CommunicationPlan),
            policies=_of(documents, POLICY, EscalationPolicy),
            revisions={**built_in, **written},
        )


def view_of(entries: Entries, state: State, presence: Presence = NOBODY_AWAY) -> DirectoryView:
    """How decisions would read ``entries`` if they were in force."""
    context = context_of(entries, presence)
    documents = {i: document_of(entry, context) for i, entry in entries.items()}
    return Snapshot(state, entries, documents=documents).view


def _of(documents: Mapping[EntryId, object], kind: Kind, model: type[Model]) -> dict[str, Model]:
    return {
        key: document
        for (name, key), document in documents.items()
        if name == kind.name and isinstance(document, model)
    }


NOT_STARTED = Snapshot(State(0, b"", b"", 0, 0))
"""Before the first start has ended: only what is built in."""
