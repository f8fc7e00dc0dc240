"""Internal at first: published by a person, by the rules, or spoken for by a holding notice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from incident_api.testing import Api

pytestmark = pytest.mark.integration

RULES = {
    "rules": [
        {"sources": ["generic"], "visibility": "internal", "confirm_after_minutes": 5},
        {"severities": ["sev4"], "visibility": "internal"},
    ]
}


@pytest_asyncio.fixture
async def careful(desk: Any, directory_document: dict[str, Any]) -> Any:
    """The provider looks at alerts for five minutes first; ACME is promised word in ten."""
    directory_document["provider"]["publication"] = RULES
    entry = directory_document["communication_plans"][0]["severities"]["sev1"]
    entry["first_notice_within_minutes"] = 10
    entry["update_every_minutes"] = 60
    del directory_document["communication_plans"][0]["service_hours"]
    answer = await desk.api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return desk


async def alert(api: Api, status: str = "firing", key: str = "disk") -> dict[str, Any]:
    body = {"key": key, "status": status, "title": "Mail EU", "severity": "critical"}
    answer = await api.post("/v1/ingest/generic", {**body, "system": "mail-eu"}, key="ingest")
    assert answer.status_code == 202, answer.text
    (result,) = answer.json()["results"]
    assert isinstance(result, dict)
    return result


async def test_an_alert_that_is_over_before_its_confirmation_is_never_told(careful: Any) -> None:
    await alert(careful.api)
    assert (await careful.reads("/INC-1001"))["visibility"] == "internal"
    careful.clock.advance(minutes=4)
    await alert(careful.api, "resolved")
    careful.clock.advance(minutes=60)
    await careful.api.fire_due()
    assert await careful.told() == [("opened", None), ("resolved", None)]


async def test_an_alert_that_is_still_there_after_its_confirmation_is_published(
    careful: Any,
) -> None:
    await alert(careful.api)
    assert (await careful.reads("/INC-1001"))["publish_at"] == "2026-11-24T08:57:00Z"
    careful.clock.advance(minutes=5)
    await careful.api.fire_due()
    incident = await careful.reads("/INC-1001")
    assert incident["visibility"] == "published"
    assert incident["audience"]["clients"][0]["next_update_due"] == "2026-11-24T10:00:00Z"
    careful.clock.advance(minutes=30)
    await careful.api.fire_due()
    assert await careful.told() == [("opened", None), ("published", "initial")]


async def test_an_alert_that_comes_back_is_confirmed_anew_and_promised_anew(careful: Any) -> None:
    await alert(careful.api)
    careful.clock.advance(minutes=4)
    await alert(careful.api, "resolved")
    careful.clock.advance(minutes=20)
    await alert(careful.api)
    incident = await careful.reads("/INC-1001")
    assert incident["publish_at"] == "2026-11-24T09:21:00Z"
    assert incident["holding_due_at"] == "2026-11-24T09:24:00Z"
    assert incident["audience"]["clients"][0]["first_notice_due"] == "2026-11-24T09:26:00Z"
    careful.clock.advance(minutes=5)
    await careful.api.fire_due()
    assert (await careful.told())[-1] == ("published", "initial")


async def test_the_caller_decides_before_the_rules_do(careful: Any) -> None:
    assert (await careful.opens(severity="sev4"))["visibility"] == "internal"
    by_hand = await careful.opens(
        severity="sev4", visibility="published", system_keys=["storage-eu"]
    )
    assert by_hand["visibility"] == "published"


async def test_nobody_publishes_so_clients_hear_that_it_is_checked(careful: Any) -> None:
    incident = await careful.opens(visibility="internal")
    assert incident["holding_due_at"] == "2026-11-24T09:00:00Z"
    careful.clock.advance(minutes=8)
    await careful.api.fire_due()
    event = (await careful.events())[-1]
    assert event["type"] == "tocsin.incident.holding_notice_issued.v1"
    assert (event["data"]["kind"], event["data"]["by_hand"]) == ("holding_notice", False)
    assert event["data"]["next_update_due"] == {"acme": "2026-11-24T09:20:00Z"}
    assert event["data"]["incident"]["visibility"] == "internal"
    assert event["data"]["incident"]["holding_notice_at"] == "2026-11-24T09:00:00Z"
    careful.clock.advance(hours=3)
    await careful.api.fire_due()
    assert len(await careful.events()) == 2, "there is no second one"


async def test_updates_of_what_is_still_checked_are_not_told_until_it_is_published(
    careful: Any,
) -> None:
    await careful.opens(visibility="internal")
    careful.clock.advance(minutes=8)
    await careful.api.fire_due()
    await careful.posts("INC-1001/updates", {"message": "It is the storage."})
    careful.clock.advance(minutes=5)
    await careful.posts("INC-1001/publish")
    assert await careful.told() == [
        ("opened", None),
        ("holding_notice_issued", "holding_notice"),
        ("updated", None),
        ("published", "initial"),
    ]
    (acme,) = (await careful.reads("/INC-1001"))["audience"]["clients"]
    assert acme["next_update_due"] == "2026-11-24T10:20:00Z"


@pytest.mark.parametrize(
    ("call", "body"), [("cancel", {"reason": "A test."}), ("resolve", {"message": "All is well."})]
)
async def test_whoever_heard_only_the_holding_notice_hears_how_it_ended(
    careful: Any, call: str, body: dict[str, str]
) -> None:
    await careful.opens(visibility="internal")
    careful.clock.advance(minutes=8)
    await careful.api.fire_due()
    assert (await careful.posts(f"INC-1001/{call}", body)).status_code == 200
    assert (await careful.told())[-1][1] == "resolved"


async def test_whoever_heard_nothing_hears_nothing_of_the_end(careful: Any) -> None:
    await careful.opens(visibility="internal")
    await careful.posts("INC-1001/cancel", {"reason": "A test."})
    careful.clock.advance(minutes=8)
    await careful.api.fire_due()
    assert await careful.told() == [("opened", None), ("cancelled", None)]


async def test_a_client_that_joins_later_hears_that_it_is_checked_as_well(careful: Any) -> None:
    await careful.opens(visibility="internal")
    careful.clock.advance(minutes=8)
    await careful.api.fire_due()
    await careful.patches("INC-1001", {"client_keys": ["cedar"]})
    joined, changed = (await careful.events())[-2:]
    assert (joined["data"]["kind"], joined["data"]["added"]) == ("holding_notice", ["cedar"])
    assert changed["data"]["kind"] is None
    assert list(joined["data"]["next_update_due"]) == ["cedar"]


async def test_the_holding_notice_can_be_stopped_and_sent_by_hand(careful: Any) -> None:
    await careful.opens(visibility="internal")
    stopped = await careful.posts(
        "INC-1001/holding-notice", {"action": "stop", "reason": "Only a test system."}
    )
    assert (stopped.status_code, stopped.json()["holding_due_at"]) == (200, None)
    again = await careful.posts("INC-1001/holding-notice", {"action": "stop"})
    assert (again.status_code, again.json()["sequence"]) == (200, stopped.json()["sequence"])
    careful.clock.advance(minutes=30)
    await careful.api.fire_due()
    assert (await careful.told())[-1] == ("changed", None)
    sent = await careful.posts("INC-1001/holding-notice", {"action": "send"})
    assert sent.json()["holding_notice_at"] == "2026-11-24T09:22:00Z"
    event = (await careful.events())[-1]["data"]
    assert (event["kind"], event["by_hand"]) == ("holding_notice", True)
    await careful.posts("INC-1001/holding-notice", {"action": "send"})
    assert len(await careful.events()) == 3, "nobody is told twice"
    late = await careful.posts("INC-1001/holding-notice", {"action": "stop"})
    assert late.status_code == 409
    assert "went out at 09:22 UTC" in late.json()["detail"]


async def test_of_what_is_published_no_holding_notice_is_sent(careful: Any) -> None:
    await careful.opens()
    refused = await careful.posts("INC-1001/holding-notice", {"action": "send"})
    assert refused.status_code == 409
    assert "POST /v1/incidents/INC-1001/updates" in refused.json()["detail"]
    assert (await careful.posts("INC-1001/holding-notice", {"action": "stop"})).status_code == 200


async def test_a_raised_severity_moves_the_holding_notice_with_the_promise(careful: Any) -> None:
    incident = await careful.opens(visibility="internal", severity="sev4")
    later = incident["holding_due_at"]
    careful.clock.advance(minutes=1)
    changed = await careful.patches("INC-1001", {"severity": "sev1"})
    assert changed.json()["holding_due_at"] == later, "who is concerned keeps what was promised"


async def both(api: Api, first: Any, second: Any) -> None:
    """``first`` has the incident's row before ``second`` asks for it; then both go on."""
    begun, locked = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        async with api.database.transaction() as conn:
            await conn.execute("SELECT FROM incidents WHERE ref = 'INC-1001' FOR UPDATE")
            locked.set()
            await begun.wait()

    holding = asyncio.create_task(held())
    await locked.wait()
    tasks = []
    for act in (first, second):
        tasks.append(asyncio.create_task(act()))
        await waiting_for_the_row(api, len(tasks))
    begun.set()
    await asyncio.gather(holding, *tasks)


async def waiting_for_the_row(api: Api, count: int) -> None:
    """The database alone knows who waits for whom."""
    for _ in range(2000):
        if await _waiting(api) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits for the row")


async def _waiting(api: Api) -> int:
    found: int = await api.database.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return found


async def test_a_person_who_publishes_first_leaves_nothing_to_hold(careful: Any) -> None:
    await careful.opens(visibility="internal")
    careful.clock.advance(minutes=8)
    await both(careful.api, lambda: careful.posts("INC-1001/publish"), careful.api.fire_due)
    assert await careful.told() == [("opened", None), ("published", "initial")]


async def test_a_holding_notice_that_comes_first_is_followed_by_what_was_published(
    careful: Any,
) -> None:
    await careful.opens(visibility="internal")
    careful.clock.advance(minutes=8)
    await both(careful.api, careful.api.fire_due, lambda: careful.posts("INC-1001/publish"))
    assert await careful.told() == [
        ("opened", None),
        ("holding_notice_issued", "holding_notice"),
        ("published", "initial"),
    ]


async def test_what_comes_back_has_its_holding_notice_again(careful: Any) -> None:
    """The stop was said of the time before."""
    await careful.opens(visibility="internal")
    await careful.posts("INC-1001/holding-notice", {"action": "stop"})
    await careful.posts("INC-1001/resolve", {"message": "It was a test system."})
    careful.clock.advance(hours=1)
    back = await careful.posts("INC-1001/reopen", {"message": "It was not."})
    assert back.json()["holding_due_at"] is not None
    careful.clock.advance(hours=1)
    await careful.api.fire_due()
    assert (await careful.told())[-1] == ("holding_notice_issued", "holding_notice")
