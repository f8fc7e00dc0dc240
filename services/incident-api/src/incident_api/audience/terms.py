"""What the plan entry that an audience names promises, and how promises move along."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.directory import ServiceHours, SeverityEntry
from tocsin_contracts.incident import AudienceClient

from incident_api.audience.plans import applied_plan
from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView
from incident_api.promises import rules as promises


@dataclass(frozen=True)
class Terms:
    """``holding_next_word``: within which a holding notice promises the next word."""

    entry: SeverityEntry
    hours: ServiceHours | None
    holding_next_word: timedelta


def terms_of(view: DirectoryView, told: AudienceClient) -> Terms | None:
    """``None`` where nothing is promised: the client is gone, or its plan tells nobody of this."""
    client = view.clients.get(told.client_key)
    if client is None:
        return None
    applied = applied_plan(view, client, told.severity_entry, told.systems)
    named = view.plans.get(told.plan_key)
    own = view.plans.get(told.own_plan_key or told.plan_key)
    entry = named.severities.get(told.severity_entry) if named else None
    terms = Terms(
        entry or applied.entry,
        own.service_hours if own else applied.hours,
        promises.minutes((own or defaults.PLAN).holding_next_word_minutes),
    )
    return terms if terms.entry.notify else None


def promises_after_message(
    view: DirectoryView,
    told: Iterable[AudienceClient],
    now: datetime,
    *,
    only: Collection[str] | None = None,
    restart: bool = False,
    override: datetime | None = None,
) -> dict[str, datetime]:
    """The next promise of each client that hears something now, by key.

    ``only``: those the message is for (``None``: all). ``restart``: the earlier promise does not
    count. ``override``: the moment the operator named.
    """
    found: dict[str, datetime] = {}
    for client in told:
        if only is not None and client.client_key not in only:
            continue
        terms = terms_of(view, client)
        if terms is not None:
            found[client.client_key] = override or _next(client, terms, now, restart)
    return found


def _next(client: AudienceClient, terms: Terms, now: datetime, restart: bool) -> datetime:
    if not restart and client.next_update_due is not None:
        return promises.due_after_message(client.next_update_due, terms.entry, terms.hours, now)
    if not restart and client.first_notice_due is not None:
        return promises.next_update_due(client.first_notice_due, terms.entry, terms.hours, now)
    return promises.restarted_update_due(terms.entry, terms.hours, now)


def promises_after_holding_notice(
    view: DirectoryView, told: Iterable[AudienceClient], now: datetime
) -> dict[str, datetime]:
    """By when each client hears more than that we are checking, by key."""
    found = ((client.client_key, terms_of(view, client)) for client in told)
    return {
        key: promises.due_after_holding_notice(
            terms.entry, terms.hours, now, within=terms.holding_next_word
        )
        for key, terms in found
        if terms is not None
    }


def closures_due(
    view: DirectoryView, told: Iterable[AudienceClient], resolved_at: datetime
) -> dict[str, datetime]:
    """By when each client is promised the closing note; clients without such a promise left out."""
    found: dict[str, datetime] = {}
    for client in told:
        terms = terms_of(view, client)
        if terms is None:
            continue
        due = promises.closure_due(resolved_at, terms.entry, terms.hours)
        if due is not None:
            found[client.client_key] = due
    return found
