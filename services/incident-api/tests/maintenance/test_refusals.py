"""What a window may not be, and which call is right where a state forbids one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from incident_api.audience.digest import audience_digest
from tocsin_contracts.incident import AudienceClient

pytestmark = pytest.mark.integration

STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"ends_at": "2026-12-05T21:00:00+01:00"}, "/ends_at"),
        ({"ends_at": "2026-12-05T22:00:00+01:00"}, "/ends_at"),
        ({"ends_at": "2027-12-05T22:00:00+01:00"}, "/ends_at"),
        ({"starts_at": "2026-11-24T08:00:00Z", "object_by": None}, "/starts_at"),
        ({"object_by": "2026-12-05T22:00:00+01:00"}, "/object_by"),
        ({"object_by": "2026-11-20T22:00:00+01:00"}, "/object_by"),
        ({"starts_at": "2026-12-05T22:00:00"}, "/starts_at"),
        ({"starts_at": "tomorrow"}, "/starts_at"),
        ({"starts_at": 1_765_000_000}, "/starts_at"),
        ({"system_keys": ["storage-eu", "no-such"]}, "/system_keys/1"),
        ({"system_keys": []}, "/system_keys"),
        ({"remind_hours_before": [24, 24]}, "/remind_hours_before/1"),
        ({"remind_hours_before": [24, 400]}, "/remind_hours_before/1"),
        ({"remind_hours_before": [-1]}, "/remind_hours_before/0"),
        ({"remind_hours_before": [0]}, "/remind_hours_before/0"),
        ({"title": "two\nlines"}, "/title"),
        ({"title": " "}, "/title"),
        ({"alerts": "ignore"}, "/alerts"),
        ({"impact_level": "none"}, "/impact_level"),
        ({"hold": 1}, "/hold"),
        ({"hold_seconds": 10}, ""),
    ],
)
async def test_what_is_wrong_is_named_with_its_place(
    works: Any, fields: dict[str, Any], pointer: str
) -> None:
    answer = await works.tries(**fields)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    assert await works.events() == []


async def test_work_at_short_notice_needs_no_reminder(works: Any) -> None:
    """The default reminder would have been due yesterday."""
    window = await works.announces(
        starts_at="2026-11-24T12:00:00Z", ends_at="2026-11-24T13:00:00Z", object_by=None
    )
    assert window["remind_hours_before"] == []


async def test_the_same_request_twice_announces_once(works: Any) -> None:
    first = await works.tries()
    headers = {"Idempotency_Key": "one"}
    body = {
        "title": "Another",
        "system_keys": ["storage-eu"],
        "starts_at": "2026-12-05T22:00:00+01:00",
        "ends_at": "2026-12-06T01:00:00+01:00",
    }
    path = "/v1/maintenance-windows"
    one = await works.api.post(path, body, key="operate", **headers)
    two = await works.api.post(path, body, key="operate", **headers)
    assert one.json() == two.json()
    assert first.headers["Location"] == "/v1/maintenance-windows/MNT-301"
    assert len(await works.told()) == 2


async def test_a_change_of_something_older_is_refused(works: Any) -> None:
    answer = await works.tries()
    old = answer.headers["ETag"]
    await works.patches("MNT-301", {"impact": "An hour without mail."}, If_Match=old)
    late = await works.posts("MNT-301/cancel", {"reason": "no part"}, If_Match=old)
    assert late.status_code == 412
    assert (await works.reads("/MNT-301"))["status"] == "scheduled"


async def test_each_state_says_which_call_is_right(works: Any) -> None:
    await works.announces()
    early = await works.posts("MNT-301/end")
    assert early.status_code == 409
    assert "POST /v1/maintenance-windows/MNT-301/start comes first" in early.json()["detail"]
    await works.posts("MNT-301/start")
    cancel = await works.posts("MNT-301/cancel")
    assert 'the outcome "undone"' in cancel.json()["detail"]
    moved = await works.patches("MNT-301", {"starts_at": "2026-12-06T00:00:00Z"})
    assert moved.status_code in (409, 422)
    await works.posts("MNT-301/end")
    over = await works.patches("MNT-301", {"impact": "none"})
    assert over.status_code == 409
    assert "POST /v1/maintenance-windows" in over.json()["detail"]


async def test_a_repeated_start_end_or_cancel_changes_nothing(works: Any) -> None:
    await works.announces()
    for call in ("start", "start", "end", "end"):
        assert (await works.posts(f"MNT-301/{call}")).status_code == 200
    assert len(await works.told()) == 3
    await works.announces()
    for _ in range(2):
        assert (await works.posts("MNT-302/cancel")).status_code == 200
    assert len(await works.told()) == 5


async def test_a_patch_is_held_to_the_same_rules(works: Any) -> None:
    await works.announces()
    for body, pointer in [
        ({"ends_at": "2026-12-05T21:00:00+01:00"}, "/ends_at"),
        ({"starts_at": "2026-11-01T21:00:00+01:00"}, "/starts_at"),
        ({"system_keys": ["no-such"]}, "/system_keys/0"),
        ({"remind_hours_before": [9000]}, "/remind_hours_before/0"),
        ({"remind_hours_before": [2, 2]}, "/remind_hours_before/1"),
    ]:
        answer = await works.patches("MNT-301", body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
    emptied = await works.patches("MNT-301", {"starts_at": None})
    assert emptied.status_code == 422
    assert len(await works.told()) == 1


async def test_nobody_is_told_of_work_on_what_nobody_uses(works: Any) -> None:
    answer = await works.api.put(
        "/v1/systems/spare", {"key": "spare", "name": "Spare"}, key="admin"
    )
    assert answer.status_code in (200, 201), answer.text
    window = await works.announces(system_keys=["spare"])
    assert window["audience"]["clients"] == []
    assert await works.told() == [("announced", None)]


async def test_lists_find_by_state_system_client_and_time(works: Any) -> None:
    await works.announces()
    await works.announces(system_keys=["vpn-us"])
    await works.posts("MNT-302/cancel")

    async def refs(query: str) -> list[str]:
        return [w["ref"] for w in (await works.reads(f"?{query}"))["items"]]

    assert await refs("") == ["MNT-302", "MNT-301"]
    assert await refs("status=scheduled") == ["MNT-301"]
    assert await refs("system=mail-eu") == ["MNT-301"]
    assert await refs("client=cedar") == ["MNT-302"]
    assert await refs("since=2026-12-06T01:00:00Z") == []
    assert await refs("until=2026-12-05T21:00:00Z") == []
    assert await refs("limit=1") == ["MNT-302"]
    assert (await works.api.get("/v1/maintenance-windows?status=moved")).status_code == 422


async def test_only_those_it_concerns_can_be_released(works: Any) -> None:
    await works.announces()
    wrong = await works.posts("MNT-301/release", {"client_key": "cedar"})
    assert wrong.status_code == 422
    right = await works.posts("MNT-301/release", {"client_key": "acme"})
    assert right.status_code == 202
    events = await works.api.events("tocsin.incidents")
    assert events[-1]["type"] == "tocsin.operator.client_released.v1"


async def test_a_write_bound_to_a_preview_sends_nothing_once_others_would_be_told(
    works: Any, joins: Any
) -> None:
    await works.announces()
    told = (await works.last())["audience"]["clients"]
    seen = audience_digest([AudienceClient.model_validate(one) for one in told])
    right = await works.patches("MNT-301", {"impact": "Half an hour.", "audience_digest": seen})
    assert right.status_code == 200, right.text
    await joins()
    late = await works.posts("MNT-301/start", {"audience_digest": seen})
    assert late.status_code == 409
    assert "preview it again" in late.json()["detail"]
    assert (await works.reads("/MNT-301"))["status"] == "scheduled"
