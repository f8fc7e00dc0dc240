"""What people say of an incident, beside what happens to it, and whom nothing reaches."""

from __future__ import annotations

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    ClientReleased,
    ContactMade,
    ContactUnreachable,
    IncidentStepAnswered,
    QuestionAnswered,
    QuestionAsked,
)
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection

from escalation.cases import arming
from escalation.cases.case import Case
from escalation.cases.cases import Cases, known
from escalation.concerns import store as concerns
from escalation.concerns.rules import Asked, Unreached
from escalation.intake.answers import step_answered
from escalation.intake.promises import contact_made

ASIDE = QuestionAsked | QuestionAnswered | ContactUnreachable
"""What is kept for the steps that watch it, whether the incident is known here already or not."""
SAID = IncidentStepAnswered | ClientReleased | ContactMade


class Spoken:
    """Applies one event that is none of the incident's own. The subject's lock is the caller's.

    ``answers`` is false during a rebuild, where what came of answers is read from our own topic.
    """

    def __init__(self, cases: Cases, clock: Clock, *, answers: bool = True) -> None:
        self._cases = cases
        self._clock = clock
        self._answers = answers

    async def __call__(self, conn: Connection, event: Event[EventData]) -> None:
        if not isinstance(event.data, ASIDE | SAID):
            return
        if isinstance(event.data, IncidentStepAnswered) and not self._answers:
            return
        if isinstance(event.data, ASIDE):
            await _keep(conn, event.subject, event.data)
        if isinstance(event.data, ContactMade):
            data = event.data
            rung = (event.subject, data.client_key, data.person, event.time)
            await concerns.reached(conn, [rung])
        incident = await known(conn, event.subject)
        if incident is None:
            return
        case = await self._cases.open(conn, incident, self._clock.now(), event)
        if isinstance(event.data, SAID):
            _act(case, event.data)
        await self._cases.close(conn, case)


async def _keep(conn: Connection, incident_id: str, data: ASIDE) -> None:
    match data:
        case QuestionAsked(answer_due=due) if due is not None:
            asked = Asked(data.question_id, data.client_key, data.asker, due)
            await concerns.ask(conn, incident_id, asked)
        case QuestionAnswered():
            await concerns.answer(conn, incident_id, [q.question_id for q in data.questions])
        case ContactUnreachable():
            who = Unreached(data.client_key, data.person, data.person_name, data.at)
            await concerns.unreached(conn, incident_id, who)


def _act(case: Case, data: SAID) -> None:
    match data:
        case ClientReleased():
            arming.let_in(case, released=[data.client_key])
        case ContactMade():
            contact_made(case, data)
        case IncidentStepAnswered():
            step_answered(case, data)
