"""One client's part of an event: its people, its notice, its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from tocsin_contracts.directory import Client, CommunicationPlan, SeverityEntry
from tocsin_contracts.envelope import Event
from tocsin_contracts.events import IncidentEvent
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.ids import uuid7

from dispatcher.directory.view import View, own_plan
from dispatcher.gating.model import Step
from dispatcher.planning.ledger import IncidentLedger, Ledger
from dispatcher.planning.making import Making
from dispatcher.planning.model import Delivery, Message, OpenRow, Target, message_of
from dispatcher.planning.notices import History, client_notice, provider_facts
from dispatcher.planning.rules import client_targets
from dispatcher.planning.supersede import as_first_word, carried, carry, replaced_by
from dispatcher.planning.wishes import notify_rules
from dispatcher.rendering.notice import Notice, Reader

STALE = "stale: the event is too old to tell anybody of"
EXERCISE = "an exercise: only staff are told"
NO_ENTRY = SeverityEntry(
    notify=(), update_every_minutes=Decimal(60), first_notice_within_minutes=Decimal(60)
)


@dataclass(frozen=True)
class Terms:
    """What holds for the whole batch. ``channels`` are those that are set up here; events from
    before ``tells_since`` are stale; ``tells`` is false while state is rebuilt and nobody hears of
    it."""

    now: datetime
    channels: Collection[Channel]
    tells_since: datetime
    tells: bool = True


@dataclass(frozen=True)
class Occasion:
    """One event as it concerns one client."""

    event: Event[IncidentEvent]
    kind: Kind
    concerned: AudienceClient
    promised: datetime | None


@dataclass(frozen=True)
class ToSome:
    """A message that goes to ``targets`` alone, whoever else the plan names: a call of the client's
    own escalation. ``instead`` says why it does not go."""

    targets: Sequence[Target]
    step: Step
    instead: str | None = None


@dataclass
class Group:
    """Targets that get one text, and the rows which that text replaces. ``first``: it is the first
    word they read of this incident."""

    targets: list[Target] = field(default_factory=list)
    rows: list[OpenRow] = field(default_factory=list)
    first: bool = False


def plan_client(
    ledger: Ledger, view: View, terms: Terms, occasion: Occasion, some: ToSome | None = None
) -> None:
    """Add this client's rows to ``ledger``, and take out those they replace; with ``some`` the rows
    of these alone."""
    client = view.clients.get(occasion.concerned.client_key)
    if client is None:
        ledger.add(_to_nobody(occasion, view, terms))
        return
    incident_id = occasion.event.data.incident.id
    known = ledger.incident(incident_id)
    plan = own_plan(view, occasion.concerned)
    told = some.targets if some else _targets(occasion, client, view, terms, known)
    targets = _drilled(told, occasion, plan)
    instead = STALE if is_stale(occasion.event.time, terms) else some.instead if some else None
    history = replace(known.histories.get(client.key, History()), promised=occasion.promised)
    notice = _notice(occasion, client, view, history)
    pending = [] if instead else replaced_by(occasion.kind, known.open_of(client.key))
    newcomers = known.newcomers(client.key, targets, pending)
    making = Making(
        occasion.concerned,
        plan,
        zone=client.timezone,
        now=terms.now,
        promised=occasion.promised,
        instead=instead,
        step=some.step if some else None,
    )
    for group in by_text([t for t in targets if not t.instead_of], pending, newcomers):
        message = _message(occasion, group, notice, known.notices)
        ledger.supersede(incident_id, group.rows, f"replaced by a newer {message.kind.value}")
        making.tell(message, group.targets)
    making.stand_in([target for target in targets if target.instead_of])
    ledger.add(making.rows())


def _targets(
    occasion: Occasion,
    client: Client,
    view: View,
    terms: Terms,
    known: IncidentLedger,
) -> list[Target]:
    return client_targets(
        view,
        client,
        notify_rules(entry_of(view, occasion.concerned), occasion.kind),
        severity=occasion.event.data.incident.severity,
        told=known.told_of(client.key),
        channels=terms.channels,
        because=occasion.concerned.because,
    )


def _drilled(
    targets: Sequence[Target], occasion: Occasion, plan: CommunicationPlan | None
) -> list[Target]:
    if occasion.event.data.incident.drill and (plan is None or plan.drills == "staff"):
        return [replace(target, skip=EXERCISE) for target in targets if not target.instead_of]
    return list(targets)


def is_stale(time: datetime, terms: Terms) -> bool:
    """Whether an event is too old to tell anybody of."""
    return time < terms.tells_since


def entry_of(view: View, concerned: AudienceClient) -> SeverityEntry:
    """The plan's entry; without one (it was taken out meanwhile) those told before hear on."""
    plan = view.plans.get(concerned.plan_key)
    entry = plan.severities.get(concerned.severity_entry) if plan else None
    return entry or NO_ENTRY


def by_text(
    targets: list[Target], replaced: list[OpenRow], newcomers: Collection[tuple[Channel, str]]
) -> list[Group]:
    """Targets by the messages they missed: who missed the same ones reads the same text, and who
    missed all of them (``newcomers``) another one."""
    missed = _missed(replaced)
    groups: dict[tuple[bool, tuple[str, ...]], Group] = {}
    for target in targets:
        mine = [] if target.skip else missed(target)
        first = not target.skip and (target.channel, target.person) in newcomers
        key = first, tuple(row.message_id for row in mine)
        group = groups.setdefault(key, Group(first=first))
        group.targets.append(target)
        group.rows.extend(mine)
    return list(groups.values())


def _missed(replaced: Sequence[OpenRow]) -> Callable[[Target], list[OpenRow]]:
    """By target the rows it missed: those of its address, and those of its person, whose address
    may have changed since. A fallback left alone was to say on another channel what none of its
    person's has said."""
    places: dict[tuple[Channel, str], set[int]] = defaultdict(set)
    people: dict[tuple[Channel, str], set[int]] = defaultdict(set)
    alone: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(replaced):
        places[row.channel, row.destination].add(number)
        people[row.channel, row.person].add(number)
        if row.left_alone:
            alone[row.person].add(number)

    def missed(target: Target) -> list[OpenRow]:
        there = places[target.channel, target.destination]
        theirs = people[target.channel, target.person] | alone[target.person]
        return [replaced[n] for n in sorted(there | theirs)]

    return missed


def _notice(occasion: Occasion, client: Client, view: View, history: History) -> Notice:
    return client_notice(
        uuid7(), occasion.event, occasion.kind, occasion.concerned, client, view, history
    )


def _to_nobody(occasion: Occasion, view: View, terms: Terms) -> list[Delivery]:
    """A client that is concerned and unknown is a client not told: it shows, as a skipped row."""
    event = occasion.event
    notice = Notice(
        id=uuid7(),
        kind=occasion.kind,
        at=event.time,
        incident=event.data.incident,
        provider=provider_facts(view),
    )
    target = unknown_client(occasion.concerned)
    stale = STALE if is_stale(event.time, terms) else None
    making = Making(occasion.concerned, None, zone="UTC", now=terms.now, instead=stale)
    making.tell(_message(occasion, Group(), notice, {}), [target])
    return making.rows()


def unknown_client(concerned: AudienceClient) -> Target:
    return Target(
        person="nobody",
        person_name="nobody",
        roles=(),
        channel=Channel.EMAIL,
        destination="",
        because=concerned.because,
        reader=Reader(person="nobody"),
        skip=f"the client {concerned.client_key} is not in the directory (any more)",
    )


def _message(
    occasion: Occasion, group: Group, notice: Notice, notices: dict[str, Notice]
) -> Message:
    said = carry(carried(group.rows, notices), notice) if group.rows else notice
    said = as_first_word(said) if group.first else said
    # One id for one text: renderings are kept by it.
    said = said if said is notice else said.model_copy(update={"id": uuid7()})
    return message_of(said, occasion.event, occasion.concerned.client_key)
