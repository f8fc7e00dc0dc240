"""One message for several disruptions that wait for the same destination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.ids import uuid7

from dispatcher.gating.digest import FIRST_WORDS
from dispatcher.gating.model import Limits
from dispatcher.planning.model import Delivery, Message, Target, thread_of, urgency_of
from dispatcher.planning.words import and_list
from dispatcher.rendering.facts import DigestItem
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.zones import zone_or_utc, zone_word


@dataclass(frozen=True)
class Waiting:
    """A row that could go in a digest. ``incident`` is its newest state, ``next_update_due`` the
    newest promise to this client, ``notice`` what the row itself would have said."""

    id: str
    cause_id: str
    kind: Kind
    client_key: str
    person: str
    person_name: str
    roles: tuple[str, ...]
    channel: Channel
    destination: str
    reader: Reader
    state: DeliveryState
    notice: Notice
    incident: IncidentSnapshot
    next_update_due: datetime | None = None
    limits: Limits | None = None
    traceparent: str | None = None


def told_together(own: Waiting, others: Sequence[Waiting], *, everything: bool) -> list[Waiting]:
    """The rows that one digest tells, oldest first.

    ``everything``: all that waits, else the incidents whose first word waits. What follows in such
    an incident goes along: its newest state is what the digest says.
    """
    held = [own, *(one for one in others if one.state is DeliveryState.WAITING)]
    leading = {one.incident.id for one in held if everything or one.kind in FIRST_WORDS}
    if own.incident.id not in leading:
        return [own]
    return [one for one in (own, *others) if one.incident.id in leading and not one.incident.drill]


def digest_of(own: Waiting, together: Sequence[Waiting], now: datetime) -> tuple[Delivery, str]:
    """The digest's row, and what the rows that it tells say of it."""
    notice = _notice(own, together, now)
    incidents = [item.incident for item in notice.digest]
    zone = zone_or_utc(own.limits.zone if own.limits else None)
    row = Delivery(
        id=uuid7(),
        message=Message(
            id=notice.id,
            incident_id=own.incident.id,
            client_key=own.client_key,
            cause_id=own.cause_id,
            kind=Kind.DIGEST,
            notice=notice,
            traceparent=own.traceparent,
        ),
        target=_target(own, incidents),
        thread=_thread(own, now),
        urgency=min(urgency_of(Kind.DIGEST, incident.severity) for incident in incidents),
        state=DeliveryState.PENDING,
        limits=_limits(own.limits or Limits()),
    )
    return row, f"told in the digest of {now.astimezone(zone):%H:%M} {zone_word(now, zone)}"


def _limits(own: Limits) -> Limits:
    """It counts for the cap, and others wait after it; it has waited enough itself."""
    return Limits(zone=own.zone, whose=own.whose, group_minutes=own.group_minutes)


def _target(own: Waiting, incidents: Sequence[IncidentSnapshot]) -> Target:
    return Target(
        person=own.person,
        person_name=own.person_name,
        roles=own.roles,
        channel=own.channel,
        destination=own.destination,
        because=f"{and_list([incident.ref for incident in incidents])} in one message",
        reader=own.reader,
    )


def _thread(own: Waiting, now: datetime) -> str:
    """One conversation a client and day, on the client's own calendar."""
    zone = zone_or_utc(own.notice.client.timezone if own.notice.client else None)
    day = now.astimezone(zone).date().isoformat()
    return thread_of(f"digest-{own.client_key}-{day}", "client", own.channel, own.destination)


def _notice(own: Waiting, together: Sequence[Waiting], now: datetime) -> Notice:
    newest = {one.incident.id: one for one in together}
    items = sorted(
        newest.values(), key=lambda one: (one.incident.severity.rank, one.incident.started_at)
    )
    said = own.notice
    return Notice(
        id=uuid7(),
        kind=Kind.DIGEST,
        at=now,
        provider=said.provider,
        client=said.client,
        account_manager=said.account_manager,
        taker=said.taker,
        digest=tuple(_item(one) for one in items),
        own_words=said.own_words,
    )


def _item(one: Waiting) -> DigestItem:
    open_still = one.incident.status.is_open
    return DigestItem(
        incident=one.incident,
        systems=one.notice.systems,
        next_update_due=one.next_update_due if open_still else None,
        linked=one.incident.parent_id is not None,
    )
