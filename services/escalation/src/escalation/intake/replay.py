"""Our own past, read back when a database is rebuilt from the log: who was called, who has it, what
an operator did, what clients confirmed, and what was said of promises.

Only the present round of each chain is restored, on the version of the policy it began with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Promise
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subjects

from escalation.cases.case import Case
from escalation.cases.cases import Cases, known
from escalation.intake.restoring import calls_made, is_of_another_round, state_after
from escalation.policies import store
from escalation.policies.answers import renew
from escalation.policies.erasing import blank
from escalation.policies.rules import waited_for_again
from escalation.policies.state import CallOutcome, Chain
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
        for client_key in data.client_keys:
            chain = case.chains.get((client_key, data.chain))
            if chain is None or is_of_another_round(chain, data):
                continue
            for call in calls_made(chain, data):
                await store.add_call_again(conn, incident.id, chain, call)
                chain = replace(chain, calls=(*chain.calls, call))
                if call.outcome is CallOutcome.CALLED:
                    chain = waited_for_again(chain, call)
            case.put([_written_to(state_after(chain, data), _last_word(case, chain))])
        case.promise(restored(list(case.pledges.values()), data))
        await self._cases.close(conn, case)
        if data.chain is ChainKind.CLIENT:
            await blank(conn, data.client_keys)


def _written_to(chain: Chain, word: datetime) -> Chain:
    """A word from before a take has not prolonged it."""
    return chain if chain.take is None or word <= chain.take.at else renew(chain, word)


def _last_word(case: Case, chain: Chain) -> datetime:
    """When the client was written to: whoever had it then went on having it."""
    words = [
        pledge.made_at
        for pledge in case.pledges.values()
        if pledge.client_key == chain.client_key and pledge.promise is Promise.UPDATE
    ]
    return max(words, default=chain.started_at)
