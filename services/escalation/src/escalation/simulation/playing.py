"""One incident played on a case in memory: each event, and every moment that comes between. Pure.

What is decided is decided by the handlers and the look that run; here is only the order of things,
what the timers and the topics bring about otherwise. Each message is taken as accepted at once.
"""

from __future__ import annotations

import typing
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import EscalationEvent, IncidentEvent, IncidentStepAnswered
from tocsin_contracts.simulation import LAST_CALLED
from tocsin_contracts.words import Channel, DeliveryState

from escalation.cases import promising
from escalation.cases.cancelling import cancel
from escalation.cases.case import Case
from escalation.cases.looking import look
from escalation.incidents.rules import absorb, is_older, writes_to
from escalation.intake.answers import step_answered
from escalation.intake.handlers import incident_told
from escalation.people.directory import Directory
from escalation.people.roster import Roster
from escalation.promises.state import TELLING, Row
from escalation.simulation.problems import Unreadable

TOO_LONG = "this takes too long to play; ask for a shorter time, or for fewer repeats"


@dataclass(frozen=True)
class Cast:
    """Who and what there is while it is played, and whether there is time left to play on."""

    directory: Directory
    roster: Roster
    has_time: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Told:
    """One thing said, and the case right after it."""

    event: EscalationEvent
    case: Case


def play(events: Sequence[Event[EventData]], until: datetime, cast: Cast) -> list[Told]:
    """What escalation would say by ``until``, in the order of time.

    Raises :class:`Unreadable` where there is no end of it.
    """
    played = _Play(cast)
    for event in events:
        if event.time > until:
            break
        played.reach(event.time)
        played.hear(event)
    played.reach(until)
    return played.told


class _Play:
    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._case: Case | None = None
        self.told: list[Told] = []

    def reach(self, moment: datetime) -> None:
        """Look at everything that comes due by ``moment``."""
        while self._case is not None:
            due = self._case.next_moment()
            if due is None or due > moment:
                return
            if not self._cast.has_time():
                raise Unreadable(TOO_LONG)
            self._decide(taken_up(self._case, max(due, self._case.now)), look)

    def hear(self, event: Event[EventData]) -> None:
        if isinstance(event.data, IncidentEvent):
            self._incident(typing.cast(Event[IncidentEvent], event))
        elif isinstance(event.data, IncidentStepAnswered) and self._case is not None:
            for data in answers_meant(event.data, self._case):
                case = taken_up(self._case, event.time, event)
                self._decide(case, partial(step_answered, data=data))

    def _incident(self, event: Event[IncidentEvent]) -> None:
        known = self._case.incident if self._case else None
        if is_older(known, event):
            return
        incident = absorb(known, event)
        fresh = Case(incident, {}, self._cast.roster, event.time, directory=self._cast.directory)
        case = replace(taken_up(self._case or fresh, event.time, event), incident=incident)
        proof = {key: [*case.proof.get(key, ()), *rows] for key, rows in _accepted(case, event)}
        case.proof = {**case.proof, **proof}
        self._decide(case, lambda case: incident_told(case, event))

    def _decide(self, case: Case, decide: Callable[[Case], None]) -> None:
        decide(case)
        cancel(case)
        promising.weigh(case)
        self.told += [Told(event, case) for event in case.told]
        self._case = case


def taken_up(case: Case, now: datetime, cause: Event[EventData] | None = None) -> Case:
    """The case as the next decision finds it: all that was put back, and nothing said yet."""
    return replace(
        case,
        now=now,
        cause=cause,
        chains=dict(case.chains),
        chains_before=dict(case.chains),
        pledges=dict(case.pledges),
        promised_before=dict(case.pledges),
        changed={},
        made=[],
        waits=[],
        let_go=[],
        told=[],
    )


def answers_meant(data: IncidentStepAnswered, case: Case) -> list[IncidentStepAnswered]:
    """The answers that ``data`` stands for: one, or that of each who was called last."""
    if data.person != LAST_CALLED:
        return [data]
    clients: dict[str, list[str]] = defaultdict(list)
    for chain in case.active:
        called = next((call.people[0] for call in reversed(chain.calls) if call.people), None)
        if called is not None and chain.kind is data.chain:
            clients[called.person].append(chain.client_key)
    return [
        data.model_copy(update={"person": person, "client_keys": tuple(keys)})
        for person, keys in clients.items()
    ]


def _accepted(case: Case, event: Event[IncidentEvent]) -> Iterator[tuple[str, list[Row]]]:
    """By client the message that ``event`` makes, which its provider takes at once."""
    kind = event.data.kind
    for client in case.incident.audience:
        key = client.client_key
        if kind is not None and kind in TELLING and writes_to(event.data, key):
            row = Row(
                delivery_id=f"{event.id}/{key}",
                cause_id=event.id,
                client_key=key,
                kind=kind,
                rules=(),
                person=key,
                channel=Channel.EMAIL,
                state=DeliveryState.ACCEPTED,
                accepted_at=event.time,
            )
            yield key, [row]
