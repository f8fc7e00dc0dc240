"""Reach this person: what one delivery told, once more and at once, by the same way or another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event
from tocsin_contracts.words import Channel, DeliveryState
from tocsin_runtime.ids import uuid7

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import STAFF, View
from dispatcher.gating.model import Step
from dispatcher.planning.clients import STALE, Terms, is_stale
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import ONCE_MORE, Delivery, Message, Target

FIRST_OF_ALL = 0
"""Its urgency: a person asked for it."""
UNAGREED = "nobody has agreed to its text"
INSTEAD = "sent at once instead, as a person asked"


@dataclass(frozen=True)
class Original:
    """The delivery to repeat. ``unagreed``: its text waits for a yes, or was refused."""

    delivery_id: str
    message: Message
    target: Target
    thread: str
    step: Step | None
    unagreed: bool
    repeats: str | None = None


def plan_resend(
    ledger: Ledger, view: View, terms: Terms, original: Original, event: Event[e.ResendRequested]
) -> None:
    """It counts for what the original would have counted for. The same message that still waits
    gives way to it."""
    target = _target(view, terms, original, event.data.channel)
    reason = _against(original, event, terms) or target.skip
    message = replace(original.message, id=uuid7(), traceparent=event.traceparent)
    row = Delivery(
        id=uuid7(),
        message=message,
        target=target,
        thread=_thread(original.thread, target),
        urgency=FIRST_OF_ALL,
        state=DeliveryState.SKIPPED if reason else DeliveryState.PENDING,
        reason=reason,
        step=original.step,
        repeats=_same_id(original, target),
    )
    if reason is None:
        _give_way(ledger, original, target)
    ledger.add([row])


def _against(original: Original, event: Event[e.ResendRequested], terms: Terms) -> str | None:
    if is_stale(event.time, terms):
        return STALE
    return UNAGREED if original.unagreed else None


def _give_way(ledger: Ledger, original: Original, target: Target) -> None:
    if target.channel is not original.target.channel:
        return
    incident_id = original.message.incident_id
    waiting = ledger.incident(incident_id).open_of(original.message.client_key)
    same = [row for row in waiting if row.id == original.delivery_id]
    ledger.supersede(incident_id, same, INSTEAD)


def _target(view: View, terms: Terms, original: Original, channel: Channel | None) -> Target:
    before = original.target
    where = channel or before.channel
    person = view.person(original.message.client_key or STAFF, before.person)
    label = person.labels.get(where) if person else None
    usable = label is not None and label != UNREADABLE
    skip = None if usable else f"{before.person_name} has no usable {where.value} address"
    if where not in terms.channels:
        skip = f"the channel {where.value} is not set up"
    return replace(
        before,
        channel=where,
        destination=label if label and usable else "",
        because=f"{ONCE_MORE} {before.person_name} once more",
        skip=skip,
    )


def _same_id(original: Original, target: Target) -> str | None:
    """Standard Webhooks 1.0: what is sent again by hand keeps its id, by which a receiver knows
    whether it has it."""
    if original.target.channel is target.channel is Channel.WEBHOOK:
        return original.repeats or original.delivery_id
    return None


def _thread(thread: str, target: Target) -> str:
    """The conversation of the original, where it goes now."""
    conversation = thread.rsplit("/", 2)[0]
    return f"{conversation}/{target.channel.value}/{target.destination}"
