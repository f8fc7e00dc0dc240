"""Who is concerned by an incident, and what each of them was promised. Decided here, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.directory import Client
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity

from incident_api.audience.because import because
from incident_api.audience.blast_radius import BlastRadius
from incident_api.audience.index import index_of
from incident_api.audience.plans import AppliedPlan, applied_plan
from incident_api.directory.view import DirectoryView
from incident_api.promises import rules as promises


@dataclass(frozen=True)
class Concern:
    """What an incident says about whom it concerns; unknown keys concern nobody."""

    severity: Severity
    system_keys: tuple[str, ...]
    client_keys: tuple[str, ...] = ()
    exclude_client_keys: tuple[str, ...] = ()


def is_routed(view: DirectoryView, concern: Concern) -> bool:
    """Whether the incident names anything the directory knows; else only the NOC sees it."""
    return any(key in view.systems for key in concern.system_keys) or any(
        key in view.clients for key in concern.client_keys
    )


def concerned_clients(
    view: DirectoryView, concern: Concern, *, known_at: datetime, published: bool
) -> tuple[AudienceClient, ...]:
    """The audience in the directory's order; an exclusion beats everything.

    ``known_at`` is when the promise's clock starts. Nothing further is promised to anybody while
    the incident is internal.
    """
    radius = index_of(view).radius(concern.system_keys)
    return tuple(
        _entry(view, view.clients[key], radius, concern, known_at, published)
        for key in _concerned(view, radius, concern)
    )


def _concerned(view: DirectoryView, radius: BlastRadius, concern: Concern) -> list[str]:
    index = index_of(view)
    found = {key for system in radius.failed_beneath for key in index.users.get(system, ())}
    found.update(key for key in concern.client_keys if key in view.clients)
    found.difference_update(concern.exclude_client_keys)
    return sorted(found, key=index.position.__getitem__)


def _entry(
    view: DirectoryView,
    client: Client,
    radius: BlastRadius,
    concern: Concern,
    known_at: datetime,
    published: bool,
) -> AudienceClient:
    used = [use.key for use in client.systems if use.key in radius]
    plan = applied_plan(view, client, concern.severity, used)
    beneath = set[str]().union(*(radius.failed_beneath[key] for key in used))
    via = tuple(k for k in dict.fromkeys(concern.system_keys) if k in beneath and k not in used)
    # A client that was named by hand uses none of them: the incident's own systems stand in.
    systems = tuple(used) or tuple(k for k in concern.system_keys if k in view.systems)
    first, following = _promised(plan, known_at)
    return AudienceClient(
        client_key=client.key,
        client_revision=_revision(view, client, plan, (*systems, *via)),
        plan_key=plan.plan_key,
        severity_entry=plan.severity_entry,
        own_plan_key=plan.own_plan_key,
        escalation_policy=plan.escalation_policy,
        confirmation_policy=plan.confirmation_policy,
        systems=systems,
        via=via,
        first_notice_due=first,
        next_update_due=following if published else None,
        because=because(
            client.name, used, radius, view.systems, named=client.key in concern.client_keys
        )
        + ("" if plan.entry.notify else f"; its plan tells nobody of {concern.severity}"),
    )


def _promised(plan: AppliedPlan, known_at: datetime) -> tuple[datetime | None, datetime | None]:
    """First notice and next update; a plan that tells nobody of it promises neither."""
    if not plan.entry.notify:
        return None, None
    first = promises.first_notice_due(known_at, plan.entry, plan.hours)
    return first, promises.next_update_due(first, plan.entry, plan.hours, known_at)


def _revision(
    view: DirectoryView, client: Client, plan: AppliedPlan, systems: Iterable[str]
) -> int:
    """The newest revision of anything this client's notice is made from."""
    own = view.plans.get(plan.own_plan_key)
    made_from = [
        ("client", client.key),
        ("team", client.account_team or ""),
        ("plan", plan.plan_key),
        ("plan", plan.own_plan_key),
        ("policy", plan.escalation_policy),
        ("policy", plan.confirmation_policy or ""),
        *(("template", key) for key in (own.wording.values() if own else ())),
        *(("system", key) for key in systems),
    ]
    return max(view.revisions.get(entry, 0) for entry in made_from)
