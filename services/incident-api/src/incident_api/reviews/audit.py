"""Every call of an escalation that was made, left out or cancelled, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin_contracts.policies import ChainKind

from incident_api.reviews.model import CallLine
from incident_api.timeline.lines import Line

FIRED, SKIPPED, CANCELLED = "step_fired", "step_skipped", "step_cancelled"


def call_lines(lines: Sequence[Line], names: Mapping[str, str]) -> tuple[CallLine, ...]:
    """``lines`` oldest first, ``names`` by client key."""
    return tuple(_of(line, names) for line in lines if line.type in (FIRED, SKIPPED, CANCELLED))


def _of(line: Line, names: Mapping[str, str]) -> CallLine:
    data = line.data
    steps = data.get("steps") or [data.get("step")]
    return CallLine(
        at=line.at,
        what=line.type,
        clients=tuple(names.get(key, key) for key in data.get("client_keys", ())),
        by_client=data.get("chain") == ChainKind.CLIENT,
        policy=data.get("policy_key"),
        steps=tuple(step + 1 for step in steps if step is not None),
        text=line.text,
    )
