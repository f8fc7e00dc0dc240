"""What escalation is asked."""

from __future__ import annotations

import json

from tocsin_contracts.envelope import Event, EventData, encode
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.simulation import SimulationAsked

from incident_api.simulation.script import Script


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
