"""Escalation's internal port: what it would do in an outage, and where nobody would be reached."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from pydantic import ValidationError
from tocsin_contracts.model import Model
from tocsin_contracts.simulation import LintAnswer, LintAsked, SimulationAnswer, SimulationAsked

from incident_api.forwarding.port import InternalPort, NotAnswering

SIMULATION_SECONDS = 20.0
LINT_SECONDS = 20.0

Answer = TypeVar("Answer", bound=Model)


class Escalation(Protocol):
    """What this service asks of it. Each raises the exceptions of :mod:`forwarding.port`."""

    async def simulate(self, question: SimulationAsked) -> SimulationAnswer: ...

    async def lint(self, question: LintAsked) -> LintAnswer: ...


class EscalationClient(InternalPort):
    async def simulate(self, question: SimulationAsked) -> SimulationAnswer:
        answer = await self.asked(
            "/v1/simulate", question.model_dump(mode="json"), SIMULATION_SECONDS
        )
        return _read(SimulationAnswer, answer)

    async def lint(self, question: LintAsked) -> LintAnswer:
        answer = await self.asked("/v1/lint", question.model_dump(mode="json"), LINT_SECONDS)
        return _read(LintAnswer, answer)


def _read(model: type[Answer], answer: dict[str, Any]) -> Answer:
    """A field that we do not know yet is left out: the services are not updated at one moment."""
    try:
        return model.model_validate(answer, extra="ignore")
    except ValidationError as error:
        raise NotAnswering(f"its answer cannot be read: {error.error_count()} faults") from error
