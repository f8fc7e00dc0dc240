"""Gathers outcomes and writes them together, with the events that tell of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import Outcome
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox
from tocsin_runtime.patience import patiently

from dispatcher import metrics
from dispatcher.delivery import store
from dispatcher.delivery.aftermath import follow, suppress_refused
from dispatcher.delivery.asking_people import ask_about_budgets, out_of_reach, worth_a_look
from dispatcher.delivery.endpoints import follow_endpoints
from dispatcher.delivery.model import Result
from dispatcher.delivery.receiving import ReceiptBook
from dispatcher.delivery.suppressing import Suppressions
from dispatcher.planning.announce import Cause, outcome_of, outcomes_recorded

log = structlog.get_logger()
MOST = 500
MOST_UNWRITTEN = MOST
OLDEST_UNWRITTEN_SECONDS = 1.0
"""While outcomes cannot be written nothing more is sent than this: what is not written when the
process is killed is sent again."""
LONGEST_SECONDS = 0.025
"""Long enough to save most statements of a large outage, and short: what is not written yet when
the process is killed is sent again."""


class Recorder:
    """``recorded`` is called with what was written; ``busy`` says whether more is on its way, for
    which a little waiting saves statements."""

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        lease: str,
        suppressions: Suppressions,
        receipts: ReceiptBook,
        recorded: Callable[[Sequence[Result]], None],
        busy: Callable[[], bool],
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._lease = lease
        self._suppressions = suppressions
        self._receipts = receipts
        self._recorded = recorded
        self._busy = busy
        self._gathered: list[Result] = []
        self._put_at: list[float] = []
        self._first = asyncio.Event()
        self._enough = asyncio.Event()
        self._closed = False

    @property
    def held(self) -> list[str]:
        """The rows whose outcome is not written yet."""
        return [result.row.id for result in self._gathered]

    @property
    def behind(self) -> bool:
        """Whether so much is unwritten, or for so long, that nothing more should be sent."""
        if len(self._gathered) >= MOST_UNWRITTEN:
            return True
        return bool(self._put_at) and _seconds() - self._put_at[0] > OLDEST_UNWRITTEN_SECONDS

    def put(self, result: Result) -> None:
        self._gathered.append(result)
        self._put_at.append(_seconds())
        self._first.set()
        if len(self._gathered) >= MOST or not self._busy():
            self._enough.set()

    def close(self) -> None:
        """Nothing more comes: write what is left and end."""
        self._closed = True
        self._first.set()
        self._enough.set()

    async def run(self) -> None:
        """Until closed. While the database is away outcomes are kept in memory, whoever says stop:
        forgetting one repeats a mail."""
        never = asyncio.Event()
        while self._gathered or not self._closed:
            await self._gather()
            await patiently(never, "outcomes", self.flush)

    async def flush(self) -> None:
        """Write what is gathered; where that fails it stays gathered."""
        results = self._gathered[:MOST]
        if not results:
            return
        async with self._database.transaction() as conn:
            written = await store.record(conn, results, lease=self._lease)
            kept = [result for result in results if result.row.id in written]
            now = self._clock.now()
            others = await follow(conn, kept, now)
            lost = await out_of_reach(conn, worth_a_look(kept), now)
            await self._outbox.add(conn, [*_events(kept, others, now), *lost])
            await ask_about_budgets(conn, kept)
            await suppress_refused(conn, kept, self._suppressions, now)
            await follow_endpoints(conn, kept, self._suppressions, now)
            await self._receipts.catch_up(conn, [key for key, heard in written.items() if heard])
        del self._gathered[: len(results)]
        del self._put_at[: len(results)]
        self._note(results, kept)

    async def _gather(self) -> None:
        """Wait for a first outcome; then for no more when nothing else is on its way."""
        if not self._gathered:
            await self._first.wait()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._enough.wait()
        except TimeoutError:
            pass
        self._first.clear()
        self._enough.clear()

    def _note(self, results: Sequence[Result], kept: Sequence[Result]) -> None:
        if len(kept) < len(results):
            log.warning(
                "leases were lost before outcomes were written", lost=len(results) - len(kept)
            )
        for result in kept:
            metrics.OUTCOMES.labels(result.row.channel.value, result.next.state.value).inc()
        self._recorded(kept)


def _seconds() -> float:
    """The loop's clock: only spans are measured with it."""
    return asyncio.get_running_loop().time()


def _events(
    results: Sequence[Result], others: Sequence[tuple[Cause, Outcome]], now: datetime
) -> list[Event[EventData]]:
    """By the event behind the messages, whose trace goes on to what became of them."""
    causes: dict[Cause, list[Outcome]] = defaultdict(list)
    for result in results:
        row = result.row
        if result.worth_telling:
            causes[Cause(row.incident_id, row.cause_id, row.traceparent)].append(_outcome(result))
    for cause, outcome in others:
        causes[cause].append(outcome)
    return [
        event for cause, told in causes.items() for event in outcomes_recorded(cause, told, now)
    ]


def _outcome(result: Result) -> Outcome:
    following = result.next
    return outcome_of(
        result.row,
        following.state,
        following.reason,
        at=result.at,
        attempt=result.attempt,
        provider_id=following.provider_id,
    )
