"""What escalation played, as it is answered: one line a channel, minutes from the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tocsin_contracts.simulation import (
    LintFinding,
    MovedLine,
    PolicyChanges,
    SimulatedLine,
    SimulationAnswer,
)
from tocsin_contracts.words import Channel

from incident_api.web.shown import plain

Line = dict[str, Any]


def timeline_shown(lines: Sequence[SimulatedLine], started_at: datetime) -> list[Line]:
    return [shown for line in lines for shown in _by_channel(line, started_at)]


def changes_shown(changes: PolicyChanges, started_at: datetime) -> dict[str, Any]:
    return {
        "added": timeline_shown(changes.added, started_at),
        "removed": timeline_shown(changes.removed, started_at),
        "moved": [pair for moved in changes.moved for pair in _moved(moved, started_at)],
    }


def answer_shown(answer: SimulationAnswer, started_at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"timeline": timeline_shown(answer.timeline, started_at)}
    if answer.changes is not None:
        found["changes"] = changes_shown(answer.changes, started_at)
    return found


def _moved(moved: MovedLine, started_at: datetime) -> Iterator[dict[str, Line]]:
    before, after = (tuple(_by_channel(one, started_at)) for one in (moved.before, moved.after))
    for one, other in zip(before, after, strict=False):
        yield {"before": one, "after": other}


def _by_channel(line: SimulatedLine, started_at: datetime) -> Iterator[Line]:
    """What calls nobody has no channel, and is one line."""
    channels: tuple[Channel | None, ...] = line.channels or (None,)
    for channel in channels:
        yield {
            "at": plain(line.at),
            "offset_minutes": _minutes(line.at, started_at),
            "what": line.what,
            "chain": line.chain.value,
            "policy": line.policy,
            "step": line.step,
            "call": line.call,
            "trigger": line.trigger,
            "who": line.who,
            "person": line.person,
            "role": line.role,
            "client_keys": list(line.client_keys),
            "channel": None if channel is None else channel.value,
            "because": line.because,
        }


def _minutes(at: datetime, started_at: datetime) -> int | float:
    minutes = round((at - started_at).total_seconds() / 60, 2)
    return int(minutes) if minutes == int(minutes) else minutes


def findings_shown(findings: Sequence[LintFinding]) -> list[dict[str, Any]]:
    """By policy and step, what is of no policy last; what does not apply is left out."""
    order = sorted(findings, key=lambda one: (one.policy is None, one.policy or "", one.step or 0))
    return [_finding(one) for one in order]


def _finding(one: LintFinding) -> dict[str, Any]:
    about = one.model_dump(mode="json", exclude_none=True, exclude={"spans"})
    spans = [{"from": plain(begins), "to": plain(ends)} for begins, ends in one.spans]
    return {**about, "spans": spans} if spans else about
