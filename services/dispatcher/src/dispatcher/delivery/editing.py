"""Edits of what was sent: a chat's first message shows how it stands, buttons give way to a name.

Best effort and beside the sending: an edit that fails is tried a few times, and again at the next
change. Nothing waits for it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from tocsin_contracts.words import Channel, DeliveryState
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.wakeup import Wakeup

from dispatcher.channels import port
from dispatcher.channels.port import Edits, RetryLater
from dispatcher.delivery import editing_store as store
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.looking import look_at
from dispatcher.delivery.model import Result
from dispatcher.delivery.shown import Edit, edits
from dispatcher.directory.addresses import SealBroken

log = structlog.get_logger()
SHORTEST_WAIT = timedelta(seconds=2)
MOST_TRIES = 5
REMEMBERED = 10_000
LOOK_SECONDS = 1.0


class Editor:
    """The component. ``sent``, ``answered`` and ``taken`` are told after the commit."""

    name = "edits"

    def __init__(
        self,
        *,
        database: Database,
        composer: Composer,
        clock: Clock,
        channels: Mapping[Channel, port.Channel],
    ) -> None:
        self._database = database
        self._composer = composer
        self._clock = clock
        self._channels = {
            name: channel for name, channel in channels.items() if isinstance(channel, Edits)
        }
        self._threads: dict[str, datetime] = {}
        self._answered: set[str] = set()
        self._taken: set[str] = set()
        self._tries: dict[str, int] = {}
        self._shown: OrderedDict[str, Edit] = OrderedDict()
        self._wakeup = Wakeup()

    def sent(self, results: Sequence[Result]) -> None:
        now = self._clock.now()
        for result in results:
            accepted = result.next.state is DeliveryState.ACCEPTED
            if accepted and result.row.channel in self._channels and result.root_id is not None:
                self._threads[result.thread] = now
        if self._threads:
            self._wakeup.set()

    def answered(self, delivery_id: str) -> None:
        """Its reader confirmed it, or answered the call."""
        if self._channels:
            self._answered.add(delivery_id)
            self._wakeup.set()

    def taken(self, incident_id: str) -> None:
        if self._channels:
            self._taken.add(incident_id)
            self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, "edits", self.run_due)
            await self._wakeup.wait(stop, LOOK_SECONDS if self._threads else 60 * LOOK_SECONDS)

    async def run_due(self) -> int:
        """Make the edits that are wanted by now; how many threads were looked at."""
        await self._find_threads()
        now = self._clock.now()
        due = [thread for thread, at in self._threads.items() if at <= now]
        for thread in due:
            await self._bring_up_to_date(thread, now)
        return len(due)

    async def _find_threads(self) -> None:
        answered, taken, now = set(self._answered), set(self._taken), self._clock.now()
        if not answered and not taken:
            return
        async with self._database.connection() as conn:
            for delivery_id in answered:
                for thread in await store.threads_answered(conn, delivery_id, self._channels):
                    self._threads[thread] = now
            for incident_id in taken:
                for thread in await store.threads_called(conn, incident_id, self._channels):
                    self._threads[thread] = now
        self._answered -= answered
        self._taken -= taken

    async def _bring_up_to_date(self, thread: str, now: datetime) -> None:
        async with self._database.connection() as conn:
            standing = await store.standing(conn, thread, now)
        self._threads.pop(thread, None)
        for edit in edits(standing.posts, standing.root_id):
            if self._shown.get(edit.of) == edit:
                continue
            wait = await self._edited(edit, now)
            if wait is not None:
                self._again(thread, now + wait)
                return
        self._tries.pop(thread, None)

    def _again(self, thread: str, due: datetime) -> None:
        tries = self._tries.get(thread, 0) + 1
        if tries < MOST_TRIES:
            self._tries[thread] = tries
            self._threads.setdefault(thread, due)
        else:
            self._tries.pop(thread, None)

    async def _edited(self, edit: Edit, now: datetime) -> timedelta | None:
        """``None``: done, or it cannot be; else how long to wait."""
        async with self._database.connection() as conn:
            looked = await look_at(conn, edit.shows.delivery_id)
        if looked is None:
            return None
        row, notice = looked
        try:
            to = self._composer.destination(row)
        except SealBroken:
            return None
        if isinstance(to, str):
            return None
        message = replace(
            self._composer.compose(row, notice, to, now).message,
            taken_by=edit.shows.taken_by,
            confirmed_by=edit.shows.confirmed_by,
        )
        outcome = await self._channels[row.channel].edit(message, to, provider_id=edit.of)
        if isinstance(outcome, RetryLater):
            return max(outcome.retry_after or SHORTEST_WAIT, SHORTEST_WAIT)
        if isinstance(outcome, port.Accepted):
            self._remember(edit)
        else:
            log.info("edit_failed", delivery=row.id, reason=outcome.reason)
        return None

    def _remember(self, edit: Edit) -> None:
        self._shown[edit.of] = edit
        self._shown.move_to_end(edit.of)
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
