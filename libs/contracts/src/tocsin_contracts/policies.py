"""Escalation policies: whom an outage brings in, when, and how."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from tocsin_contracts.model import Minutes, Model, PositiveMinutes, Slug, Weekday
from tocsin_contracts.words import Channel, Severity

ON_DUTY = "on_duty"
"""In a step, beside the roles of an account team: whoever the team's duty calendar names now."""

Share = Annotated[Decimal, Field(gt=0, lt=1, max_digits=4)]


class ChainKind(StrEnum):
    """Whose people an escalation brings in."""

    ACCOUNT = "account"
    """The provider's own; it ends by a take."""
    CLIENT = "client"
    """The client's contacts, one after another; it ends by a confirm."""


class Hours(Model):
    """Local wall clock by weekday; a weekday that is absent is closed.

    An end at or before its start is on the next day: ``fri: ("18:00", "08:00")`` ends on Saturday.
    """

    timezone: str
    days: dict[Weekday, tuple[str, str]]


class UnreachableContact(Model):
    """Which unreachable people matter: in one of ``roles``, at clients with one of ``client_tags``.

    Empty matches everybody.
    """

    roles: tuple[str, ...] = ()
    client_tags: tuple[str, ...] = ()


class Trigger(Model):
    """The condition of a step: exactly one field is set.

    ``severity_at_least`` is true from the moment the incident has that severity;
    ``severity_raised`` each time it becomes more severe, until it is lowered again;
    ``unacknowledged`` while nobody at the NOC has it; ``unresolved`` while it is open;
    ``update_overdue_minutes`` when the promised word is that late;
    ``sla_at_risk`` when that share of a promise's time is over and nobody was reached;
    ``sla_breached`` once a promise is broken;
    ``question_unanswered`` when a client's question has waited past its plan's time,
    ``question_unanswered_minutes`` when it has waited that long;
    ``contact_unreachable`` when somebody at a client can be reached on no channel;
    ``clients_affected_at_least`` while that many clients are concerned, ``client_affected`` while
    that one is; ``reopened`` from the moment it is back;
    ``unconfirmed`` while nobody at the client has confirmed (the client's own chain alone).
    ``all`` is true from when each condition is, ``any`` when one of them is.
    """

    severity_at_least: Severity | None = None
    severity_raised: Literal[True] | None = None
    unacknowledged: Literal[True] | None = None
    unresolved: Literal[True] | None = None
    update_overdue_minutes: Minutes | None = None
    sla_at_risk: Share | None = None
    sla_breached: Literal[True] | None = None
    question_unanswered: Literal[True] | None = None
    question_unanswered_minutes: Minutes | None = None
    contact_unreachable: Literal[True] | UnreachableContact | None = None
    clients_affected_at_least: Annotated[int, Field(ge=1, le=100_000)] | None = None
    client_affected: Slug | None = None
    reopened: Literal[True] | None = None
    unconfirmed: Literal[True] | None = None
    all: tuple[Trigger, ...] | None = None
    any: tuple[Trigger, ...] | None = None


class PolicyStep(Model):
    """Whom to bring in, on which channels, ``after_minutes`` after the trigger came true.

    ``notify`` are roles of the account team and ``on_duty``; in a client's own chain roles of its
    contacts. ``channels`` empty: those each person prefers. They are used at once, or with
    ``in_turn`` one after another, ``next_channel_after_minutes`` apart, in the order that the
    person prefers. ``repeat`` further rounds follow ``every_minutes`` apart.
    The step counts only while one of ``severities`` holds and for ``clients`` or those with one of
    ``client_tags`` (empty: all). What is due outside ``hours`` is left out, or waits for them.
    ``at_any_hour``: people are called outside their own working hours too.
    """

    trigger: Trigger
    after_minutes: Minutes = Decimal(0)
    notify: tuple[str, ...]
    channels: tuple[Channel, ...]
    in_turn: bool = False
    next_channel_after_minutes: PositiveMinutes = Decimal(3)
    repeat: Annotated[int, Field(ge=0, le=50)] = 0
    every_minutes: PositiveMinutes | None = None
    severities: tuple[Severity, ...] = ()
    clients: tuple[Slug, ...] = ()
    client_tags: tuple[str, ...] = ()
    hours: Hours | None = None
    outside_hours: Literal["skip", "wait"] = "skip"
    at_any_hour: bool = False


class EscalationPolicy(Model):
    key: Slug
    chain: ChainKind = ChainKind.ACCOUNT
    steps: tuple[PolicyStep, ...]
    take_expires_minutes: PositiveMinutes = Decimal(30)
    """A take without an update within this time goes on to whoever is next."""
