"""The dispatcher's internal port: what it would say to whom, and whether own words can be said.

Nothing on the way of a notification goes through here; while it does not answer, nothing but a
preview has to wait.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import structlog
from tocsin_contracts.directory import Template
from tocsin_contracts.words import Kind

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 2.0
PREVIEW_SECONDS = 15.0
CHECK_SECONDS = 5.0


class NotAnswering(Exception):
    """It is away, too slow, or said what is no answer; the message says which, for the log."""


class DirectoryBehind(Exception):
    """It has not got the directory's revision yet; the sentence is for whoever asked."""


class NotAQuestion(Exception):
    """It cannot make sense of what was asked; the sentence is its own."""


@dataclass(frozen=True)
class TemplateFault:
    """``pointer`` leads to it within the template (RFC 6901), ``detail`` is one sentence."""

    template: str
    kind: Kind
    pointer: str
    detail: str


class Dispatcher(Protocol):
    """What this service asks of the dispatcher."""

    async def preview(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """``{"messages", "not_told"}``. Raises the exceptions of this module."""
        ...

    async def check_templates(
        self, uses: Sequence[tuple[Template, Kind]]
    ) -> tuple[TemplateFault, ...]:
        """What keeps templates from being used for these kinds. Raises :class:`NotAnswering`."""
        ...

    async def channels(self) -> dict[str, Any]:
        """``{"items": [...]}``: each channel as it is now. Raises :class:`NotAnswering`."""
        ...


CHANNELS_SECONDS = 2.0


class DispatcherClient:
    """Speaks to it at ``url``; connections are kept, and made when they are first needed."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def preview(self, question: Mapping[str, Any]) -> dict[str, Any]:
        status, answer = await self._post("/v1/preview", question, PREVIEW_SECONDS)
        if status == 503:
            raise DirectoryBehind(str(answer.get("detail")))
        if status == 422:
            raise NotAQuestion(str(answer.get("detail")))
        if status != 200:
            raise NotAnswering(f"it answered {status}")
        return answer

    async def check_templates(
        self, uses: Sequence[tuple[Template, Kind]]
    ) -> tuple[TemplateFault, ...]:
        asked = [
            {"template": template.model_dump(mode="json"), "kind": kind.value}
            for template, kind in uses
        ]
        status, answer = await self._post("/v1/templates/check", {"uses": asked}, CHECK_SECONDS)
        if status != 200:
            raise NotAnswering(f"it answered {status}")
        return tuple(
            TemplateFault(
                template=str(fault["template"]),
                kind=Kind(fault["kind"]),
                pointer=str(fault["pointer"]),
                detail=str(fault["detail"]),
            )
            for fault in answer["faults"]
        )

    async def channels(self) -> dict[str, Any]:
        status, answer = await self._ask("GET", "/v1/channels", None, CHANNELS_SECONDS)
        if status != 200 or not isinstance(answer.get("items"), list):
            raise NotAnswering(f"it answered {status}")
        return answer

    async def _post(
        self, path: str, body: Mapping[str, Any], seconds: float
    ) -> tuple[int, dict[str, Any]]:
        return await self._ask("POST", path, body, seconds)

    async def _ask(
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
