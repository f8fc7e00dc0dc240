"""The frozen inputs of a message: what it says (a notice) and who reads it (a reader)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from tocsin_contracts.events import Before, NextCall, TriedCall
from tocsin_contracts.incident import (
    FollowUp,
    IncidentSnapshot,
    IncidentUpdate,
    PreventionItem,
)
from tocsin_contracts.model import Moment, PersonKey
from tocsin_contracts.words import Kind


class Frozen(BaseModel):
    """Stored as JSON with the deliveries: a field may be added, older rows read on."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ProviderFacts(Frozen):
    name: str
    timezone: str
    desk_phone: str | None = None
    portal_url: str | None = None


class ClientFacts(Frozen):
    key: str
    name: str
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


class EscalationFacts(Frozen):
    """Why staff hear of it. ``reason`` is the step's phrase for "Why you, why now", or the note of
    a colleague who hands over.

    ``due_at`` and ``late_by_seconds`` are of the step; ``taker``, ``taken_at`` and ``holds_until``
    of a take; ``to`` is asked to take over from the taker; ``tried`` is of an exhausted chain.
    """

    clients: tuple[ClientTold, ...]
    reason: str | None = None
    next: NextCall | None = None
    due_at: Moment | None = None
    late_by_seconds: int | None = None
    tried: tuple[TriedCall, ...] = ()
    taker: Named | None = None
    to: Named | None = None
    taken_at: Moment | None = None
    holds_until: Moment | None = None


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
    incident: IncidentSnapshot
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
    escalation: EscalationFacts | None = None


class Reader(Frozen):
    """Who reads one message: the only part of a rendering that differs within a client.

    ``roles`` are slugs (``it_lead``), ``why`` a sentence that replaces the usual why-line (a
    destination several people share). Every link is signed for this reader, or left out.
    """

    person: PersonKey
    name: str | None = None
    roles: tuple[str, ...] = ()
    why: str | None = None
    locale: str | None = None
    timezone: str | None = None
    status_link: str | None = None
    preferences_link: str | None = None
    take_link: str | None = None
    console_link: str | None = None
