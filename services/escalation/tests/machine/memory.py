"""The service's decisions without its database: what a case reads and writes is kept here."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import Any, cast

from escalation.cases import promising
from escalation.cases.cancelling import cancel
from escalation.cases.case import Case
from escalation.cases.looking import look
from escalation.concerns.rules import Asked
from escalation.incidents.rules import Incident, absorb, is_older
from escalation.intake.answers import step_answered
from escalation.intake.handlers import incident_told
from escalation.people.directory import Directory
from escalation.people.roster import Roster
from escalation.policies.state import Call, Chain, ChainKey
from escalation.promises.state import Key, Pledge
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_runtime.outbox import new_event
from tocsin_runtime.testing import FakeClock


class Memory:
    """One outage's place in the service; it is told and asked as :class:`World` is.

    ``next`` is the moment at which the service asked to be woken. ``calls`` are those made since
    :meth:`news` was last read.
    """

    def __init__(self, start: datetime, directory: Directory, roster: Roster) -> None:
        self.clock, self.start = FakeClock(start), start
        self.directory, self.roster = directory, roster
        self.incident: Incident | None = None
        self.chains: dict[ChainKey, Chain] = {}
        self.pledges: dict[Key, Pledge] = {}
        self.questions: dict[str, Asked] = {}
        self.next: datetime | None = None
        self.calls: list[tuple[Chain, Call]] = []
        self.told: list[e.EscalationEvent] = []

    async def feed_incidents(self, event: Event[EventData]) -> None:
        data = event.data
        if isinstance(data, e.IncidentEvent):
            told = cast(Event[e.IncidentEvent], event)
            assert not is_older(self.incident, told)
            self.incident = absorb(self.incident, told)
            case = self.case(event)
            incident_told(case, told)
        else:
            self._keep(data)
            case = self.case(event)
            if isinstance(data, e.IncidentStepAnswered):
                step_answered(case, data)
        self._close(case)

    async def look(self) -> None:
        """The timer, if its moment has come; what it did is due to nobody a second time."""
        if self.next is None or self.next > self.clock.now():
            return
        self.look_anyhow()
        again = self.case()
        look(again)
        assert again.made + again.told == [], "a second look at one moment did something more"
        assert self.next is None or self.next > self.clock.now(), "asked to be woken in the past"

    def look_anyhow(self) -> None:
        case = self.case()
        look(case)
        self._close(case)

    def case(self, cause: Event[EventData] | None = None) -> Case:
        assert self.incident is not None
        return Case(
            self.incident,
            dict(self.chains),
            self.roster,
            self.clock.now(),
            cause,
            directory=self.directory,
            pledges=dict(self.pledges),
            promised_before=dict(self.pledges),
            questions=list(self.questions.values()),
        )

    def news(self) -> tuple[list[tuple[Chain, Call]], list[e.EscalationEvent]]:
        read = self.calls, self.told
        self.calls, self.told = [], []
        return read

    def _keep(self, data: EventData) -> None:
        match data:
            case e.QuestionAsked(question_id=key, asker=who, answer_due=due):
                self.questions[key] = Asked(key, data.client_key, who, due, data.asked_at)
            case e.QuestionAnswered():
                for one in data.questions:
                    self.questions.pop(one.question_id, None)

    def _close(self, case: Case) -> None:
        cancel(case)
        promising.weigh(case)
        self.chains, self.pledges = case.chains, case.pledges
        self.calls += case.made
        self.told += case.told
        self.next = case.next_moment()

    def _event(self, data: EventData, *, subject: str, sequence: int = 0) -> Event[EventData]:
        now = self.clock.now()
        return new_event(data, source="incident-api", subject=subject, now=now, sequence=sequence)


def run(told: Coroutine[Any, Any, None]) -> None:
    """Nothing here waits for anything, so the story needs no event loop."""
    try:
        told.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")
