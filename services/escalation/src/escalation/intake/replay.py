"""Our own past, read back when a database is rebuilt from the log: who was called, who has it, and
what was said of promises.

Only the present round of each chain is restored, on the policy as the directory has it now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subjects

from escalation.cases.cases import Cases, known
from escalation.policies import answers, store
from escalation.policies.messages import step_trigger
from escalation.policies.state import Call, CallOutcome, Chain
from escalation.policies.timing import minutes
from escalation.promises.restoring import restored


class Replay:
    """The handler of ``tocsin.escalations`` during a rebuild; it publishes nothing."""

    def __init__(self, cases: Cases, clock: Clock) -> None:
        self._cases = cases
        self._clock = clock

    async def __call__(self, conn: Connection, batch: Sequence[Event[EventData]]) -> None:
        await lock_subjects(conn, {event.subject for event in batch})
        for event in batch:
            if isinstance(event.data, e.EscalationEvent):
                await self._restore(conn, event.data)

    async def _restore(self, conn: Connection, data: e.EscalationEvent) -> None:
        incident = await known(conn, data.incident.id)
        if incident is None:
            return
        case = await self._cases.open(conn, incident, self._clock.now(), None)
        for key in data.client_keys:
            chain = case.chains.get(key)
            if chain is None or data.at < chain.started_at:
                continue
            for call in calls_made(chain, data):
                await store.add_call_again(conn, incident.id, chain, call)
                chain = replace(chain, calls=(*chain.calls, call))
            case.put([state_after(chain, data)])
        case.promise(restored(list(case.pledges.values()), data))
        await self._cases.close(conn, case)


def state_after(chain: Chain, data: e.EscalationEvent) -> Chain:
    match data:
        case e.EscalationTaken():
            return answers.take(chain, data.person, data.person_name, data.at)
        case e.EscalationHandedOver():
            return answers.hand_over(chain, data.person, data.person_name, data.to, data.at)
        case e.EscalationDeclined():
            return replace(chain, declined={**chain.declined, data.person: data.person_name})
        case e.TakeExpired():
            return replace(chain, take=None, released_at=data.at)
        case e.EscalationExhausted():
            return replace(chain, exhausted_at=data.at)
    return chain


def calls_made(chain: Chain, data: e.EscalationEvent) -> list[Call]:
    """The calls of ``chain`` that the event tells of: several where it is about several people."""
    if isinstance(data, e.StepFired):
        step = _step_of(chain, data)
        return [] if step is None else _called(chain, step, data)
    if isinstance(data, e.StepSkipped) and data.policy_key == chain.policy.key:
        return [Call(data.step, data.call, "", data.at, data.at, CallOutcome.SKIPPED)]
    return []


def _step_of(chain: Chain, data: e.StepFired) -> int | None:
    """An event for clients on several policies names the step of the first one's."""
    if data.policy_key == chain.policy.key:
        return data.step if data.step < len(chain.policy.steps) else None
    same = (i for i, s in enumerate(chain.policy.steps) if step_trigger(s) == data.trigger)
    return next(same, None)


def _called(chain: Chain, step: int, data: e.StepFired) -> list[Call]:
    call = Call(
        step=step,
        number=data.call,
        occurrence="",
        due_at=data.due_at,
        at=data.at,
        outcome=CallOutcome.CALLED,
        people=data.notify,
        channels=data.channels,
    )
    watched = data.watched.get(chain.client_key) or (_promise(chain, step, data),)
    return [replace(call, occurrence=occurrence) for occurrence in watched]


def _promise(chain: Chain, step: int, data: e.StepFired) -> str:
    """The promise that was missed: the moment the first call was due, less the time it waited."""
    rule = chain.policy.steps[step]
    if rule.trigger.update_overdue_minutes is None:
        return ""
    if data.call:
        return next((c.occurrence for c in reversed(chain.calls) if c.step == step), "")
    waited = minutes(rule.trigger.update_overdue_minutes) + minutes(rule.after_minutes)
    promised: datetime = data.due_at - waited
    return promised.isoformat()
