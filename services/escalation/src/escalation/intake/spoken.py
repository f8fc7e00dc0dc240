"""What people say of an incident, beside what happens to it, and whom nothing reaches."""

from __future__ import annotations

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    ClientReleased,
    ContactMade,
    ContactUnreachable,
    IncidentReceiptConfirmed,
    IncidentStepAnswered,
    QuestionAnswered,
    QuestionAsked,
)
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection

from escalation.cases import arming
from escalation.cases.case import Case
from escalation.cases.cases import Cases, known
from escalation.cases.confirming import confirmed
from escalation.concerns import store as concerns
from escalation.concerns.rules import Asked, Unreached
from escalation.intake.answers import step_answered
from escalation.intake.promises import contact_made
from escalation.policies import confirmations
from escalation.policies.confirming import Confirmation
from escalation.policies.state import Confirm

ASIDE = QuestionAsked | QuestionAnswered | ContactUnreachable
"""What is kept for the steps that watch it, whether the incident is known here already or not."""
SAID = IncidentStepAnswered | IncidentReceiptConfirmed | ClientReleased | ContactMade
REPLAYED = IncidentStepAnswered | IncidentReceiptConfirmed


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
        if isinstance(event.data, REPLAYED) and not self._answers:
            return
        await _keep(conn, event)
        said = confirmation_of(event.data) if self._answers else None
        if said is not None:
            await confirmations.keep(conn, event.subject, said)
        incident = await known(conn, event.subject)
        if incident is None:
            return
        case = await self._cases.open(conn, incident, self._clock.now(), event)
        if isinstance(event.data, SAID):
            _act(case, event.data)
        if said is not None:
            confirmed(case, said)
        await self._cases.close(conn, case)


def confirmation_of(data: EventData) -> Confirmation | None:
    """Whom we have spoken with has heard of it as well. The name is the directory's to say."""
    match data:
        case IncidentReceiptConfirmed():
            confirm = Confirm(data.person, data.person_name, data.confirmed_at)
            return Confirmation(data.client_key, confirm, data.source)
        case ContactMade():
            confirm = Confirm(data.person, "", data.at)
            return Confirmation(data.client_key, confirm, QuestionSource.PHONE)
    return None


async def _keep(conn: Connection, event: Event[EventData]) -> None:
    match event.data:
        case QuestionAsked() as data:
            who, due = data.asker, data.answer_due
            asked = Asked(data.question_id, data.client_key, who, due, data.asked_at)
            await concerns.ask(conn, event.subject, asked)
        case QuestionAnswered() as data:
            answered = [question.question_id for question in data.questions]
            await concerns.answer(conn, event.subject, answered)
        case ContactUnreachable() as data:
            name, roles = data.person_name, data.roles
            lost = Unreached(data.client_key, data.person, name, data.at, roles)
            await concerns.unreached(conn, event.subject, lost)
        case ContactMade() as data:
            rung = (event.subject, data.client_key, data.person, event.time)
            await concerns.reached(conn, [rung])


def _act(case: Case, data: SAID) -> None:
    match data:
        case ClientReleased():
            arming.let_in(case, released=[data.client_key])
        case ContactMade():
            contact_made(case, data)
        case IncidentStepAnswered():
            step_answered(case, data)
