"""Calls of whose end nothing was heard are asked about: call-backs are sent once, and get lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from dispatcher.callbacks import voice_store
from dispatcher.callbacks.voice_ending import CallEnds
from dispatcher.callbacks.voice_outcomes import ENDS, Ended
from dispatcher.channels.http import HttpSession

log = structlog.get_logger()
LOOK_SECONDS = 60.0
SILENT = timedelta(minutes=5)
FORGOTTEN = timedelta(days=1)
AT_ONCE = 50


class CallWatch:
    """The component. ``clients`` are those of our accounts: a call is known to one of them. One
    that still goes on is left alone."""

    name = "calls"

    def __init__(
        self,
        *,
        database: Database,
        clients: Sequence[Client],
        http: HttpSession,
        ends: CallEnds,
        clock: Clock,
        seconds: float,
    ) -> None:
        self._database = database
        self._clients = clients
        self._http = http
        self._ends = ends
        self._clock = clock
        self._seconds = seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, self.name, self.run_once)
            await wait_for(stop, LOOK_SECONDS)
        await self._http.close()

    async def run_once(self) -> int:
        """How many ends were learnt."""
        now = self._clock.now()
        async with self._database.connection() as conn:
            silent = await voice_store.silent(
                conn, after=now - FORGOTTEN, before=now - SILENT, limit=AT_ONCE
            )
        return sum([await self._asked(sid, delivery_id) for sid, delivery_id in silent])

    async def _asked(self, sid: str, delivery_id: str) -> bool:
        for client in self._clients:
            found = await self._found(client, sid)
            if found is not None:
                return found.status in ENDS and await self._ended(sid, delivery_id, found)
        return False

    async def _found(self, client: Client, sid: str) -> Any | None:
        try:
            async with asyncio.timeout(self._seconds):
                return await client.calls(sid).fetch_async()
        except (TwilioException, aiohttp.ClientError, TimeoutError) as error:
            log.info("a call's end could not be asked for", call=sid, why=type(error).__name__)
            return None

    async def _ended(self, sid: str, delivery_id: str, found: Any) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as conn:
            call = await voice_store.note(
                conn, sid, delivery_id, found.status, found.answered_by or None, now
            )
        if call.ended:
            return False
        ended = Ended(found.status, call.calls, heard=call.heard, answered_by=call.answered_by)
        await self._ends.dealt_with(call, ended, now)
        return True
