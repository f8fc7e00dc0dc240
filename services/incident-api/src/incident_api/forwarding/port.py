"""Another service's internal port, as this service speaks to it.

Nothing on the way of a notification goes through here; while it does not answer, nothing but a
question that only that service can answer has to wait.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

CONNECT_SECONDS = 2.0


class NotAnswering(Exception):
    """It is away, too slow, or said what is no answer; the message says which, for the log."""


class DirectoryBehind(Exception):
    """It has not got the directory's revision yet; the sentence is for whoever asked."""


class NotAQuestion(Exception):
    """It cannot make sense of what was asked; the sentence is its own."""


class InternalPort:
    """At ``url``; connections are kept, and made when they are first needed."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def asked(self, path: str, body: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a question about the directory. Raises the exceptions of this module."""
        status, answer = await self.ask("POST", path, body, seconds)
        if status == 503:
            raise DirectoryBehind(str(answer.get("detail")))
        if status == 422:
            raise NotAQuestion(str(answer.get("detail")))
        if status != 200:
            raise NotAnswering(f"it answered {status}")
        return answer

    async def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, seconds: float
    ) -> tuple[int, dict[str, Any]]:
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        url = f"{self._url}{path}"
        try:
            async with self._open().request(method, url, json=body, timeout=timeout) as found:
                answer = json.loads(await found.read())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise NotAnswering(f"{type(error).__name__}: {error}") from error
        if not isinstance(answer, dict):
            raise NotAnswering("it answered something else than an object")
        return found.status, answer

    def _open(self) -> aiohttp.ClientSession:
        """Not before there is a loop to open it on."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session
