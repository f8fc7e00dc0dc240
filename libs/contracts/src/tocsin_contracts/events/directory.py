"""The directory entry by entry; on ``tocsin.directory``, compacted, one partition."""

from __future__ import annotations

from typing import ClassVar

from tocsin_contracts import directory as doc
from tocsin_contracts.envelope import EventData
from tocsin_contracts.model import PersonKey, Slug
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.staff import AccountTeam


class DirectoryEvent(EventData):
    """``revision`` is that of the apply it came with; a document of ``None`` removes the entry."""

    event_type: ClassVar[str] = ""
    revision: int
    key: Slug


class ProviderChanged(DirectoryEvent):
    event_type = "tocsin.provider.changed.v1"
    document: doc.Provider | None


class ClientChanged(DirectoryEvent):
    event_type = "tocsin.client.changed.v1"
    document: doc.Client | None


class SystemChanged(DirectoryEvent):
    event_type = "tocsin.system.changed.v1"
    document: doc.System | None


class TeamChanged(DirectoryEvent):
    event_type = "tocsin.team.changed.v1"
    document: AccountTeam | None


class PlanChanged(DirectoryEvent):
    event_type = "tocsin.plan.changed.v1"
    document: doc.CommunicationPlan | None


class PolicyChanged(DirectoryEvent):
    event_type = "tocsin.policy.changed.v1"
    document: EscalationPolicy | None


class TemplateChanged(DirectoryEvent):
    event_type = "tocsin.template.changed.v1"
    document: doc.Template | None


class ContactErased(EventData):
    """A client's contact is to be forgotten: whoever keeps their name blanks it."""

    event_type = "tocsin.directory.contact_erased.v1"
    revision: int
    client_key: Slug
    person: PersonKey


class RevisionCompleted(EventData):
    """Everything up to ``revision`` has been published on this topic."""

    event_type = "tocsin.directory.revision_completed.v1"
    revision: int
