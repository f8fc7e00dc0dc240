"""The dispatcher's internal port: what it would say to whom, and whether own words can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tocsin_contracts.directory import Template
from tocsin_contracts.words import Kind

from incident_api.forwarding.port import InternalPort, NotAnswering

PREVIEW_SECONDS = 15.0
CHECK_SECONDS = 5.0
CHANNELS_SECONDS = 2.0


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
        """``{"messages", "not_told"}``. Raises the exceptions of :mod:`forwarding.port`."""
        ...

    async def check_templates(
        self, uses: Sequence[tuple[Template, Kind]]
    ) -> tuple[TemplateFault, ...]:
        """What keeps templates from being used for these kinds. Raises :class:`NotAnswering`."""
        ...

    async def channels(self) -> dict[str, Any]:
        """``{"items": [...]}``: each channel as it is now. Raises :class:`NotAnswering`."""
        ...


class DispatcherClient(InternalPort):
    async def preview(self, question: Mapping[str, Any]) -> dict[str, Any]:
        return await self.asked("/v1/preview", question, PREVIEW_SECONDS)

    async def check_templates(
        self, uses: Sequence[tuple[Template, Kind]]
    ) -> tuple[TemplateFault, ...]:
        asked = [
            {"template": template.model_dump(mode="json"), "kind": kind.value}
            for template, kind in uses
        ]
        status, answer = await self.ask(
            "POST", "/v1/templates/check", {"uses": asked}, CHECK_SECONDS
        )
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
        status, answer = await self.ask("GET", "/v1/channels", None, CHANNELS_SECONDS)
        if status != 200 or not isinstance(answer.get("items"), list):
            raise NotAnswering(f"it answered {status}")
        return answer
