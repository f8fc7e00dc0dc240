"""What a call would do is what it does, and trying it does nothing."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.incidents import acts, bodies
from incident_api.incidents.acting import Place
from incident_api.incidents.rehearsing import Rehearsed, rehearse, rehearse_opening
from incident_api.web.problem import Problem

pytestmark = pytest.mark.integration

IDS = ("id", "update", "incident")


def comparable(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what is drawn anew each time."""
    return [
        {name: value for name, value in event["data"].items() if name not in IDS}
        for event in events
    ]


def rehearsed(tried: Rehearsed) -> list[dict[str, Any]]:
    return comparable(
        [{"data": e.data.model_dump(mode="json")} for r in tried.recordings for e in r.events]
    )


def parts(desk: Any) -> Any:
    return desk.api.app.state.parts


async def test_an_opening_is_tried_and_then_done_the_same(desk: Any) -> None:
    given = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    body = bodies.NewIncident.model_validate(given)
    tried = await rehearse_opening(parts(desk), body, actor="key:operate")
    assert await desk.events() == []
    await desk.opens(audience_digest=tried.audience_digest)
    assert rehearsed(tried) == comparable(await desk.events())


async def test_an_update_is_tried_and_then_done_the_same(desk: Any) -> None:
    await desk.opens()
    desk.clock.advance(minutes=20)
    body = bodies.NewUpdate(message="It is the storage.", eta="2026-11-24T13:00:00Z")
    tried = await rehearse(parts(desk), acts.UPDATE, Place("INC-1001"), body, actor="key:operate")
    assert len(await desk.events()) == 1
    answer = await desk.posts(
        "INC-1001/updates",
        body.model_dump(mode="json", exclude_unset=True)
        | {"audience_digest": tried.audience_digest},
    )
    assert answer.status_code == 201
    assert rehearsed(tried) == comparable((await desk.events())[1:])


async def test_what_would_be_refused_is_refused(desk: Any) -> None:
    await desk.opens()
    body = bodies.Reopen(message="It is back.")
    with pytest.raises(Problem, match="still open"):
        await rehearse(parts(desk), acts.REOPEN, Place("INC-1001"), body, actor="key:operate")
