"""What escalation is asked, and what its silence means for whoever asked us."""

from __future__ import annotations

import json
from collections.abc import Awaitable

import structlog
from tocsin_contracts.envelope import Event, EventData, encode
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.simulation import SimulationAsked

from incident_api.forwarding.escalation import Answer
from incident_api.forwarding.port import DirectoryBehind, NotAnswering, NotAQuestion
from incident_api.simulation.script import Script
from incident_api.web.problem import Problem

log = structlog.get_logger(__name__)


def question(
    revision: int, played: Script, policies: tuple[EscalationPolicy, ...]
) -> SimulationAsked:
    return SimulationAsked(
        revision=revision,
        events=tuple(_as_json(event) for event in played.events),
        until=played.until,
        policies=policies,
    )


def _as_json(event: Event[EventData]) -> dict[str, object]:
    """As it would lie on the topic."""
    found: dict[str, object] = json.loads(encode(event))
    return found


async def answered(asked: Awaitable[Answer]) -> Answer:
    """Raises the problem that is told instead of an answer."""
    try:
        return await asked
    except NotAnswering as away:
        log.warning("no_answer_of_escalation", error=str(away))
        raise Problem(
            "escalation-away",
            "The escalation service, which would play this, does not answer just now; ask again in"
            " a moment. Whoever is to be called meanwhile is called.",
            headers={"Retry-After": "2"},
        ) from away
    except DirectoryBehind as behind:
        raise Problem("directory-behind", str(behind), headers={"Retry-After": "1"}) from behind
    except NotAQuestion as refused:
        raise Problem("invalid", str(refused)) from refused
