"""The frozen inputs of a message: what it says (a notice) and who reads it (a reader)."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator
from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.events import Before
from tocsin_contracts.incident import (
    IncidentSnapshot,
    IncidentUpdate,
)
from tocsin_contracts.model import Moment, PersonKey
from tocsin_contracts.words import Kind

from dispatcher.rendering.facts import (
    ApprovalFacts,
    ClientFacts,
    ClosureFacts,
    CorrectionFacts,
    DigestItem,
    EscalationFacts,
    Frozen,
    MaintenanceFacts,
    MeetingFacts,
    Named,
    NewsFacts,
    PromiseFacts,
    ProviderFacts,
    QuestionFacts,
    ReopenedFacts,
    ResolvedFacts,
    ReviewFacts,
)

_NEEDED = {
    Kind.DIGEST: ("digest",),
    Kind.CORRECTION: ("correction", "incident"),
    Kind.APPROVAL_REQUEST: ("approval",),
    Kind.UPDATE_OVERDUE: ("promise", "incident"),
    Kind.SLA_AT_RISK: ("promise", "incident"),
    Kind.SLA_BREACHED: ("promise", "incident"),
    Kind.QUESTION_RECEIVED: ("question", "incident"),
    Kind.AUTO_ANSWER: ("question", "incident"),
    Kind.ANSWERED: ("question", "incident"),
    Kind.STAFF_NOTE: ("fact|news",),
    Kind.CONFIRM_DESTINATION: ("client",),
    Kind.TEST: (),
}
"""By kind the fields (of several: one of them) without which there is nothing to say; else the
incident, or the window."""


class Notice(Frozen):
    """Everything one message says, for one client or for staff, before a reader is known.

    ``id`` identifies these very contents (renderings are cached by it); ``at`` is the moment of the
    event behind it. ``systems`` are the names the client itself uses (staff: the systems' own),
    ``new_systems`` those affected since the last message, ``gone_systems`` those not affected any
    more, ``via`` what failed beneath them.
    ``taker`` is the person who took the contact with this client. ``late_promise`` is the promised
    moment that this message missed. ``initial_never_sent``: the first message never went out, so
    this one speaks for both. ``resolved_never_sent``: a reopening overtook the word that it was
    resolved.
    """

    id: str
    kind: Kind
    at: Moment
    incident: IncidentSnapshot | None = None
    """``None`` only in a digest, or where it speaks of a maintenance window."""
    provider: ProviderFacts
    client: ClientFacts | None = None
    systems: tuple[str, ...] = ()
    system_keys: tuple[str, ...] | None = None
    """The keys of ``systems``; ``None`` in rows from before they were kept."""
    new_systems: tuple[str, ...] = ()
    gone_systems: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    next_update_due: Moment | None = None
    closure_due: Moment | None = None
    has_closure: bool = False
    """The plan has a closing note, even if its moment is not known."""
    first_told_at: Moment | None = None
    last_told_at: Moment | None = None
    account_manager: Named | None = None
    taker: Named | None = None
    update: IncidentUpdate | None = None
    changed: tuple[str, ...] = ()
    before: Before = Before()
    resolved: ResolvedFacts | None = None
    cancel_reason: str | None = None
    closure: ClosureFacts | None = None
    reopened: ReopenedFacts | None = None
    late_promise: Moment | None = None
    initial_never_sent: bool = False
    resolved_never_sent: bool = False
    only_holding: bool = False
    """It ends an outage of which clients heard nothing but the holding notice."""
    carries: tuple[str, ...] = ()
    """Ids of earlier events whose words this message tells as well, since theirs never went out."""
    newest_words: str | None = None
    """How ``update``'s words end that tell of several updates: what the last of them said."""
    escalation: EscalationFacts | None = None
    no_news: bool = False
    correction: CorrectionFacts | None = None
    review: ReviewFacts | None = None
    meeting: MeetingFacts | None = None
    maintenance: MaintenanceFacts | None = None
    digest: tuple[DigestItem, ...] = ()
    approval: ApprovalFacts | None = None
    promise: PromiseFacts | None = None
    question: QuestionFacts | None = None
    fact: str | None = None
    """A staff note's one sentence."""
    news: NewsFacts | None = None
    """In its place what is put into the reader's language."""
    own_words: dict[Kind, tuple[TemplateVariant, ...]] = {}
    """What its client says in its own words, as they were when this was decided: what was approved
    is what is sent. By kind, since a message may yet become another's."""

    @model_validator(mode="after")
    def _has_what_its_kind_speaks_of(self) -> Self:
        usual = ("maintenance" if self.kind.of_maintenance else "incident",)
        for needed in _NEEDED.get(self.kind, usual):
            if not any(getattr(self, name) for name in needed.split("|")):
                raise ValueError(f"a notice of kind {self.kind} needs {needed}")
        return self

    @property
    def outage(self) -> IncidentSnapshot:
        """The incident of a kind that has one. Raises ``ValueError`` for the rest."""
        if self.incident is None:
            raise ValueError(f"a notice of kind {self.kind} speaks of no incident")
        return self.incident

    @property
    def ref(self) -> str | None:
        """``INC-2041`` or ``MNT-318``; a digest has none."""
        if self.maintenance is not None:
            return self.maintenance.window.ref
        return self.incident.ref if self.incident else None

    @property
    def drill(self) -> bool:
        return self.incident is not None and self.incident.drill


class Reader(Frozen):
    """Who reads one message: the only part of a rendering that differs within a client.

    ``roles`` are slugs (``it_lead``), ``why`` a sentence that replaces the usual why-line (a
    destination several people share). Every link is signed for this reader, or left out.
    ``stands_in_for`` names the colleague who is away.
    """

    person: PersonKey
    name: str | None = None
    roles: tuple[str, ...] = ()
    why: str | None = None
    stands_in_for: str | None = None
    locale: str | None = None
    timezone: str | None = None
    status_link: str | None = None
    preferences_link: str | None = None
    take_link: str | None = None
    console_link: str | None = None
    approve_link: str | None = None
    review_link: str | None = None
    feedback_link: str | None = None
    destination_link: str | None = None
    short_link: str | None = None
    """For SMS: the status link in few characters; ``None`` takes the status link itself."""
