"""What a notice says besides the incident: facts of one kind each, frozen."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from tocsin_contracts.events import NextCall, Reason, TriedCall
from tocsin_contracts.incident import (
    FollowUp,
    IncidentSnapshot,
    KeptPromises,
    MaintenanceSnapshot,
    PreventionItem,
)
from tocsin_contracts.model import Moment
from tocsin_contracts.words import Channel, Kind, OnNoAnswer, Promise, QuestionSource


class Frozen(BaseModel):
    """Stored as JSON with the deliveries: a field may be added, older rows read on."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ProviderFacts(Frozen):
    name: str
    timezone: str
    locale: str = "en"
    desk_phone: str | None = None
    portal_url: str | None = None


class ClientFacts(Frozen):
    """``called`` is its everyday name for a sentence or an SMS: ``ACME`` for ``ACME GmbH``."""

    key: str
    name: str
    called: str | None = None
    timezone: str
    locale: str = "en"


class Named(Frozen):
    """A person the reader may call."""

    name: str
    phone: str | None = None


class ResolvedFacts(Frozen):
    """What a person wrote at the resolve: ``message`` the after-effects, ``checks`` what to try."""

    message: str | None = None
    checks: str | None = None


class ReopenedFacts(Frozen):
    reopened_at: Moment
    was_resolved_at: Moment
    message: str | None = None


class ClosureFacts(Frozen):
    """``extra`` is the text for this client alone."""

    root_cause: str
    steps_taken: str
    prevention: str | tuple[PreventionItem, ...]
    extra: str | None = None
    follow_up: FollowUp | None = None
    promises: KeptPromises | None = None


class MeetingFacts(Frozen):
    """A meeting that was moved, or (``now`` ``None``) called off, after the closing note."""

    now: FollowUp | None
    before: FollowUp | None
    reason: str | None = None


class CorrectionFacts(Frozen):
    """``right`` ``None``: it reached this reader by mistake."""

    wrong: str
    told_at: Moment
    right: str | None
    action: str | None = None


class ReviewFacts(Frozen):
    """The document is ready; ``open_items`` of ``items`` are not done."""

    summary: str | None = None
    open_items: tuple[PreventionItem, ...] = ()
    items: int = 0


class MaintenanceFacts(Frozen):
    """``starts_before`` and ``ends_before`` are times that fell; ``reason`` and ``message`` are a
    person's words; ``hours_before`` is of a reminder."""

    window: MaintenanceSnapshot
    starts_before: Moment | None = None
    ends_before: Moment | None = None
    reason: str | None = None
    message: str | None = None
    hours_before: float | None = None


class DigestItem(Frozen):
    """One disruption in a digest, by its latest state. ``linked``: one cause is believed."""

    incident: IncidentSnapshot
    systems: tuple[str, ...] = ()
    next_update_due: Moment | None = None
    linked: bool = False


class ApprovalFacts(Frozen):
    """What an approver is asked. ``subject`` and ``text`` are what will be sent; ``promised`` is by
    when the client was promised it. ``id`` is the approval's, which the link names."""

    id: str = ""
    of: Kind
    client: str
    subject: str
    text: str
    people: tuple[str, ...]
    channels: tuple[Channel, ...]
    decide_by: Moment
    on_no_answer: OnNoAnswer
    promised: Moment | None = None
    if_no_answer: str | None = None
    """Who is called where nothing is sent."""


class PromiseFacts(Frozen):
    """A word that is due, at risk or late. ``clients`` wait for it, by name.

    ``next_due_at`` is what a "no news" would promise; ``call`` whom to ring at the client.
    """

    clients: tuple[str, ...]
    due_at: Moment
    promise: Promise = Promise.UPDATE
    overdue: bool = False
    done_at: Moment | None = None
    reason: str | None = None
    every_minutes: int | None = None
    kept: int = 0
    promised: int = 0
    month_kept: int = 0
    month_promised: int = 0
    next_due_at: Moment | None = None
    last_told_at: Moment | None = None
    last_words: str | None = None
    then: NextCall | None = None
    call: Named | None = None
    call_role: str | None = None
    late_by_seconds: int | None = None
    """How late this comes, where our own service was interrupted."""


class QuestionFacts(Frozen):
    """A client's question, and what became of it. ``asker`` ``None``: an unknown sender, whose
    number ends in ``number_ending``; ``client`` is whose conversation it stands in all the same.
    ``channel`` is where it came from."""

    id: str | None = None
    text: str
    asked_at: Moment
    channel: QuestionSource
    asker: str | None = None
    asker_role: str | None = None
    client: str | None = None
    number_ending: str | None = None
    answer_by: Moment | None = None
    then: str | None = None
    told_at: Moment | None = None
    told: str | None = None
    answer: str | None = None
    answered_by: str | None = None
    subject: str | None = None
    """The asker's own, where they wrote by mail."""


class ClientTold(Frozen):
    """One client an escalation speaks of, and what it was told so far.

    ``reached`` of ``planned`` people have the last message, ``confirmed`` of them said so.
    """

    name: str
    systems: tuple[str, ...] = ()
    told_at: Moment | None = None
    planned: int = 0
    reached: int = 0
    confirmed: int = 0
    next_word_due: Moment | None = None
    call_first: Named | None = None
    call_first_role: str | None = None
    """A role's slug: ``it_lead``."""
    next: NextCall | None = None
    """Who is called for this client if nobody answers."""


class NewsFacts(Frozen):
    """One piece of news of an escalation, in the reader's own words: ``key`` names the sentence,
    the rest fills it."""

    key: str
    clients: tuple[str, ...] = ()
    person: str | None = None
    by: str | None = None
    reason: str | None = None
    until: Moment | None = None
    tried: tuple[str, ...] = ()


class EscalationFacts(Frozen):
    """Why staff hear of it. ``reason`` is the step's phrase for "Why you, why now", or the note of
    a colleague who hands over.

    ``due_at`` and ``late_by_seconds`` are of the step; ``taker``, ``taken_at`` and ``holds_until``
    of a take; ``to`` is asked to take over from the taker; ``tried`` is of an exhausted chain.
    ``asked_by`` wait for an answer that was due at ``answer_due``; ``unreached`` are out of reach.
    ``why`` says the step's reason in facts, ``open_minutes`` how long the outage is known then,
    ``passed_on_by`` who declined, ``unavailable`` who could not be called before, a clause each,
    ``by`` and ``by_reason`` which operator brought it forward and why; ``held_by`` who has it.
    """

    clients: tuple[ClientTold, ...]
    reason: str | None = None
    why: tuple[Reason, ...] = ()
    open_minutes: int | None = None
    passed_on_by: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    by: str | None = None
    by_reason: str | None = None
    held_by: str | None = None
    next: NextCall | None = None
    due_at: Moment | None = None
    late_by_seconds: int | None = None
    tried: tuple[TriedCall, ...] = ()
    asked_by: tuple[str, ...] = ()
    answer_due: Moment | None = None
    unreached: tuple[str, ...] = ()
    taker: Named | None = None
    to: Named | None = None
    taken_at: Moment | None = None
    holds_until: Moment | None = None
