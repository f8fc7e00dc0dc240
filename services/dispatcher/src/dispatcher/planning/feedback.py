"""A while after the closing note, once: how well did we keep you informed?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from tocsin_contracts.directory import Client, CommunicationPlan
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.ids import uuid7

from dispatcher.directory.view import View, own_plan
from dispatcher.planning.clients import Occasion, Terms, is_stale
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.making import Making
from dispatcher.planning.model import Delivery, Target, message_of
from dispatcher.planning.notices import History, client_notice
from dispatcher.planning.rules import client_targets
from dispatcher.rendering.notice import Notice

ONE_CLICK = (Channel.EMAIL, Channel.SLACK, Channel.TEAMS, Channel.SMS)
"""Where a person is asked, nearest first, on one of them only; a call would disturb."""
WAITS = "asked some time after the closing note"
BACK_AGAIN = "a new incident followed on this one"


def plan_feedback(
    ledger: Ledger, view: View, terms: Terms, occasion: Occasion, *, followed: bool
) -> None:
    """``followed``: a newer incident says that it is back; then nobody is asked."""
    client = view.clients.get(occasion.concerned.client_key)
    plan = own_plan(view, occasion.concerned)
    if client is None or plan is None or not _is_asked(plan, occasion, terms):
        return
    targets = _targets(ledger, view, terms, occasion, client, plan)
    notice = _notice(ledger, view, occasion, client)
    making = Making(
        concerned=occasion.concerned,
        plan=plan,
        zone=client.timezone,
        now=terms.now,
        instead=BACK_AGAIN if followed else None,
    )
    making.tell(message_of(notice, occasion.event, client.key), targets)
    ledger.add(_later(row, plan, occasion) for row in making.rows())


def _is_asked(plan: CommunicationPlan, occasion: Occasion, terms: Terms) -> bool:
    if plan.feedback_after_hours is None or occasion.event.data.incident.drill:
        return False
    return not is_stale(occasion.event.time, terms)


def _later(row: Delivery, plan: CommunicationPlan, occasion: Occasion) -> Delivery:
    if row.state is DeliveryState.SKIPPED:
        return row
    due = occasion.event.time + timedelta(hours=float(plan.feedback_after_hours or 0))
    return replace(row, state=DeliveryState.WAITING, reason=WAITS, due_at=due)


def _targets(
    ledger: Ledger,
    view: View,
    terms: Terms,
    occasion: Occasion,
    client: Client,
    plan: CommunicationPlan,
) -> list[Target]:
    """Whom the plan names for this, else everyone who was told; each on one channel."""
    entry = plan.severities.get(occasion.concerned.severity_entry)
    named = entry.by_kind.get(Kind.FEEDBACK_REQUEST) if entry else None
    targets = client_targets(
        view,
        client,
        named or (),
        severity=occasion.event.data.incident.severity,
        told=() if named else ledger.incident(occasion.event.subject).told_of(client.key),
        channels=terms.channels,
        because=occasion.concerned.because,
    )
    reachable = [t for t in targets if t.skip is None and not t.instead_of]
    return reachable if named else one_each(reachable)


def one_each(targets: Iterable[Target]) -> list[Target]:
    """Of each person's channels the nearest of :data:`ONE_CLICK`."""
    asked = [target for target in targets if target.channel in ONE_CLICK]
    nearest: dict[str, Target] = {}
    for target in sorted(asked, key=lambda one: ONE_CLICK.index(one.channel)):
        nearest.setdefault(target.person, target)
    return list(nearest.values())


def _notice(ledger: Ledger, view: View, occasion: Occasion, client: Client) -> Notice:
    known = ledger.incident(occasion.event.subject)
    history = known.histories.get(client.key, History())
    kind = Kind.FEEDBACK_REQUEST
    return client_notice(uuid7(), occasion.event, kind, occasion.concerned, client, view, history)
