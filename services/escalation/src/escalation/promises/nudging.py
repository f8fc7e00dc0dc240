"""Who is reminded that a promised word is not written: the NOC before, at the moment, then the
account manager. One reminder for an incident and a moment, whoever it was promised to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin_contracts.events import Called, NextCall, UpdateDue, UpdateOverdue
from tocsin_contracts.words import Kind, StaffRole

from escalation.people.finding import called
from escalation.policies.messages import grouped
from escalation.policies.scene import Scene
from escalation.policies.timing import LATE_AFTER
from escalation.promises.state import Pledge, Stage
from escalation.promises.timing import (
    following,
    give_up_at,
    next_stage,
    nudge_at,
    team_at,
)
from escalation.triggers.phrases import listed


@dataclass(frozen=True)
class Nudged:
    """The promises as they are after, and what is told."""

    pledges: Sequence[Pledge] = ()
    events: Sequence[UpdateDue] = ()


def nudge(scene: Scene, pledges: Sequence[Pledge]) -> Nudged:
    """Remind of what is due by ``scene.now`` and of nothing twice; what is stale in silence."""
    changed: list[Pledge] = []
    events: list[UpdateDue] = []
    waiting = [pledge for pledge in pledges if next_stage(pledge) is not None]
    for group in grouped(waiting, lambda pledge: pledge.due_at):
        done = max(pledge.stage for pledge in group)
        stages = [stage for stage in _reached(group, scene.now) if stage > done]
        # Who joined the moment after the others were reminded of it is among them.
        reached = stages[-1] if stages else done
        changed += [replace(p, stage=reached) for p in group if p.stage < reached]
        if scene.now < give_up_at(group[0]):
            events += [event for s in stages if (event := _event(s, scene, group)) is not None]
    return Nudged(changed, events)


def _reached(group: Sequence[Pledge], now: datetime) -> list[Stage]:
    """The stages whose moment has come, the one before the moment only before it."""
    due = group[0].due_at
    if now >= due:
        team = now >= min(team_at(pledge) for pledge in group)
        return [Stage.NOC_AFTER, Stage.TEAM] if team else [Stage.NOC_AFTER]
    before = now >= min(nudge_at(pledge) for pledge in group)
    return [Stage.NOC_BEFORE] if before else []


def _event(stage: Stage, scene: Scene, group: Sequence[Pledge]) -> UpdateDue | None:
    managers = _managers(scene, group)
    if stage is Stage.TEAM:
        at = min(team_at(pledge) for pledge in group)
        return _made(UpdateOverdue, scene, group, at, None, managers) if managers else None
    by = {Stage.NOC_BEFORE: UpdateDue, Stage.NOC_AFTER: UpdateOverdue}
    moments = {
        Stage.NOC_BEFORE: min(nudge_at(pledge) for pledge in group),
        Stage.NOC_AFTER: group[0].due_at,
    }
    return _made(by[stage], scene, group, moments[stage], _then(scene, group, managers), ())


def _made(
    event: Callable[..., UpdateDue],
    scene: Scene,
    group: Sequence[Pledge],
    moment: datetime,
    then: NextCall | None,
    notify: Sequence[Called],
) -> UpdateDue:
    late = scene.now - moment
    return event(
        incident=scene.snapshot,
        client_keys=tuple(sorted(pledge.client_key for pledge in group)),
        at=scene.now,
        kind=Kind.UPDATE_OVERDUE,
        due_at=group[0].due_at,
        next_due_at=_next_due(group, scene.now),
        last_told_at=max((p.spoken_at for p in group if p.spoken_at), default=None),
        then=then,
        notify=tuple(notify),
        late_by_seconds=int(late.total_seconds()) if late > LATE_AFTER else None,
    )


def _next_due(group: Sequence[Pledge], now: datetime) -> datetime | None:
    moments = [following(pledge, now) for pledge in group]
    known = [moment for moment in moments if moment is not None]
    return min(known) if len(known) == len(moments) else None


def _then(scene: Scene, group: Sequence[Pledge], managers: Sequence[Called]) -> NextCall | None:
    at = min(team_at(pledge) for pledge in group)
    if not managers or at <= scene.now:
        return None
    return NextCall(name=listed([manager.name for manager in managers]), at=at)


def _managers(scene: Scene, group: Sequence[Pledge]) -> list[Called]:
    """The account managers of the clients that wait, each once."""
    role = StaffRole.ACCOUNT_MANAGER
    found: dict[str, Called] = {}
    for pledge in sorted(group, key=lambda p: p.client_key):
        holders = called(scene.people(pledge.client_key, role, scene.now), role)
        found.update((key, who) for key, who in holders.items() if key not in found)
    return list(found.values())
