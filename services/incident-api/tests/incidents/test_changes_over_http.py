"""The incident turns out to be something else: who hears what."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration


def last_two(events: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    return events[-2]["data"], events[-1]["data"]


async def test_another_system_brings_its_clients_in_and_nobody_is_left_behind(desk: Any) -> None:
    await desk.opens()
    answer = await desk.patches("INC-1001", {"system_keys": ["vpn-us"]})
    incident = answer.json()
    assert {c["client_key"] for c in incident["audience"]["clients"]} == {"acme", "cedar"}
    assert incident["audience"]["version"] == 2
    audience_changed, changed = last_two(await desk.events())
    assert (audience_changed["added"], audience_changed["removed"]) == (["cedar"], [])
    assert (audience_changed["kind"], audience_changed["only_clients"]) == ("initial", ["cedar"])
    assert changed.get("kind") is None


async def test_a_client_whose_own_systems_change_hears_of_it(desk: Any) -> None:
    """Birch uses the storage beneath Mail EU: ACME's own systems stay the same."""
    await desk.opens(system_keys=["storage-eu"])
    await desk.opens(system_keys=["vpn-us"], client_keys=["acme"])
    await desk.patches("INC-1002", {"system_keys": ["vpn-us", "mail-eu"]})
    _, changed = last_two(await desk.events())
    assert (changed["kind"], changed["only_clients"]) == ("update", ["acme"])


async def test_a_raised_severity_is_told_with_the_old_one_and_a_shorter_promise(desk: Any) -> None:
    await desk.opens(severity="sev3")
    desk.clock.advance(minutes=10)
    answer = await desk.patches("INC-1001", {"severity": "sev1"})
    (acme,) = answer.json()["audience"]["clients"]
    assert acme["plan_key"] == "gold"
    assert acme["next_update_due"] == "2026-11-24T09:30:00Z"
    audience_changed, changed = last_two(await desk.events())
    assert audience_changed["audience"]["clients"][0]["severity_entry"] == "sev1"
    assert audience_changed.get("kind") is None
    assert (changed["kind"], changed["before"]["severity"]) == ("update", "sev3")
    assert changed["next_update_due"] == {"acme": "2026-11-24T09:30:00Z"}


async def test_an_excluded_client_leaves_the_audience(desk: Any) -> None:
    await desk.opens(system_keys=["storage-eu"])
    answer = await desk.patches("INC-1001", {"exclude_client_keys": ["birch"]})
    assert [c["client_key"] for c in answer.json()["audience"]["clients"]] == ["acme"]
    audience_changed, _ = last_two(await desk.events())
    assert audience_changed["removed"] == ["birch"]
    assert [c["client_key"] for c in (await desk.reads("/INC-1001"))["audience"]["clients"]] == [
        "acme"
    ]


async def test_only_the_workaround_is_a_workaround_also_where_null_takes_it_back(desk: Any) -> None:
    await desk.opens()
    await desk.patches("INC-1001", {"workaround": "Use the web mail."})
    answer = await desk.patches("INC-1001", {"workaround": None})
    assert answer.json()["workaround"] is None
    assert await desk.told() == [
        ("opened", "initial"),
        ("changed", "workaround"),
        ("changed", "workaround"),
    ]


async def test_notify_false_changes_silently(desk: Any) -> None:
    await desk.opens()
    await desk.patches("INC-1001", {"impact": "No mail.", "notify": False})
    assert await desk.told() == [("opened", "initial"), ("changed", None)]


async def test_another_title_alone_is_no_news_and_moves_no_promise(desk: Any) -> None:
    before = await desk.opens()
    desk.clock.advance(minutes=25)
    answer = await desk.patches("INC-1001", {"title": "Mail EU: disk failure"})
    assert answer.json()["title"] == "Mail EU: disk failure"
    assert answer.json()["audience"] == before["audience"]
    await desk.patches("INC-1001", {"title": "Mail EU", "impact": "No mail."})
    assert await desk.told() == [("opened", "initial"), ("changed", None), ("changed", "update")]


async def test_the_same_value_is_no_change(desk: Any) -> None:
    await desk.opens()
    answer = await desk.patches("INC-1001", {"severity": "sev1", "notify": True})
    assert (answer.status_code, answer.json()["sequence"]) == (200, 1)


async def test_title_and_severity_cannot_be_emptied(desk: Any) -> None:
    await desk.opens()
    for field in ("title", "severity"):
        assert (await desk.patches("INC-1001", {field: None})).status_code == 422


async def test_an_unrouted_incident_is_told_once_it_names_a_system(desk: Any) -> None:
    incident = await desk.opens(system_keys=[])
    assert incident["routed"] is False
    answer = await desk.patches("INC-1001", {"system_keys": ["mail-eu"]})
    assert answer.json()["routed"] is True
    assert await desk.told() == [
        ("opened", None),
        ("audience_changed", "initial"),
        ("changed", None),
    ]


async def test_an_internal_note_reaches_nobody_and_moves_no_promise(desk: Any) -> None:
    before = await desk.opens()
    desk.clock.advance(minutes=25)
    note = {"message": "The vendor was called.", "audience": {"internal_only": True}}
    answer = await desk.posts("INC-1001/updates", note)
    assert (answer.status_code, answer.json()["kind"]) == (201, None)
    assert (await desk.reads("/INC-1001"))["audience"] == before["audience"]
    refused = await desk.posts("INC-1001/updates", {**note, "status": "monitoring"})
    assert refused.status_code == 422


async def test_an_update_for_one_client_moves_only_its_promise(desk: Any) -> None:
    await desk.opens(system_keys=["storage-eu"])
    desk.clock.advance(minutes=20)
    update = {"message": "For you alone.", "audience": {"client_keys": ["birch"]}}
    await desk.posts("INC-1001/updates", update)
    data = (await desk.events())[-1]["data"]
    assert data["only_clients"] == ["birch"]
    assert list(data["next_update_due"]) == ["birch"]
    refused = await desk.posts(
        "INC-1001/updates", {"message": "x", "audience": {"client_keys": ["cedar"]}}
    )
    assert refused.status_code == 422


async def test_the_operator_may_name_the_next_word(desk: Any) -> None:
    await desk.opens()
    named = {"message": "More at eleven.", "next_update_at": "2026-11-24T10:00:00Z"}
    await desk.posts("INC-1001/updates", named)
    (acme,) = (await desk.reads("/INC-1001"))["audience"]["clients"]
    assert acme["next_update_due"] == "2026-11-24T10:00:00Z"
    for moment in ("next_update_at", "watch_until"):
        passed = {"message": "x", moment: "2026-11-24T08:00:00Z"}
        assert (await desk.posts("INC-1001/updates", passed)).status_code == 422


async def test_an_eta_that_has_passed_is_told_to_nobody(desk: Any) -> None:
    passed = "2026-11-24T08:00:00Z"
    body = {"title": "Mail", "severity": "sev1", "system_keys": ["mail-eu"], "eta": passed}
    refused = [await desk.api.post("/v1/incidents", body, key="operate")]
    await desk.opens(eta="2026-11-24T09:00:00Z")
    refused.append(await desk.patches("INC-1001", {"eta": passed}))
    refused.append(await desk.posts("INC-1001/updates", {"message": "x", "eta": passed}))
    for answer in refused:
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/eta"
        assert "still to come" in answer.json()["errors"][0]["detail"]
    assert await desk.told() == [("opened", "initial")]


async def test_an_eta_that_stands_may_be_sent_again_after_its_time(desk: Any) -> None:
    eta = "2026-11-24T09:00:00Z"
    await desk.opens(eta=eta)
    desk.clock.advance(minutes=30)
    assert (await desk.patches("INC-1001", {"eta": eta})).status_code == 200


async def test_an_end_noted_late_leaves_the_full_time_for_the_closing_note(
    desk: Any, directory_document: dict[str, Any]
) -> None:
    plan = directory_document["communication_plans"][0]
    plan["severities"]["sev1"]["closure_within_hours"] = 2
    del plan["service_hours"]
    await desk.api.put("/v1/directory", directory_document)
    await desk.opens(started_at="2026-11-20T08:00:00Z")
    long_ago = {"message": "Back.", "resolved_at": "2026-11-21T08:00:00Z"}
    resolved = (await desk.posts("INC-1001/resolve", long_ago)).json()
    assert resolved["resolved_at"] == "2026-11-21T08:00:00Z"
    assert resolved["audience"]["clients"][0]["closure_due"] == "2026-11-24T10:52:00Z"


async def test_an_update_is_mended_silently_and_a_note_is_struck(desk: Any) -> None:
    await desk.opens()
    update = (await desk.posts("INC-1001/updates", {"message": "Mial is down."})).json()
    mended = await desk.patches(f"INC-1001/updates/{update['id']}", {"message": "Mail is down."})
    assert mended.json()["message"] == "Mail is down."
    strike = {"struck": True, "reason": "wrong incident"}
    refused = await desk.patches(f"INC-1001/updates/{update['id']}", strike)
    assert refused.status_code == 409
    note = (
        await desk.posts("INC-1001/updates", {"message": "n", "audience": {"internal_only": True}})
    ).json()
    struck = await desk.patches(f"INC-1001/updates/{note['id']}", strike)
    assert (struck.json()["struck"], struck.json()["strike_reason"]) == (True, "wrong incident")
    assert len(await desk.events()) == 3
    texts = [line["text"] for line in (await desk.reads("/INC-1001/timeline"))["items"]]
    assert "Mail is down." in texts
    assert "Mial is down." not in texts


async def test_a_ten_thousand_character_message_is_kept_whole(desk: Any) -> None:
    await desk.opens()
    message = "ü🙂" * 5000
    answer = await desk.posts("INC-1001/updates", {"message": message})
    assert answer.json()["message"] == message
    assert (await desk.posts("INC-1001/updates", {"message": "x" * 20_001})).status_code == 422


async def test_lists_are_filtered_and_paged_newest_first(desk: Any) -> None:
    for number in range(5):
        await desk.opens(title=f"Outage {number}", severity="sev2" if number % 2 else "sev1")
    await desk.opens(system_keys=["vpn-us"])
    await desk.posts("INC-1001/resolve", {"message": "ok"})

    async def refs(query: str) -> list[str]:
        return [item["ref"] for item in (await desk.reads(query))["items"]]

    assert await refs("?status=open") == [
        "INC-1006",
        "INC-1005",
        "INC-1004",
        "INC-1003",
        "INC-1002",
    ]
    assert await refs("?status=resolved,closed") == ["INC-1001"]
    assert await refs("?severity=sev2") == ["INC-1004", "INC-1002"]
    assert await refs("?client=cedar") == ["INC-1006"]
    assert await refs("?system=mail-eu&q=outage 4") == ["INC-1005"]
    assert await refs("?q=inc-1003") == ["INC-1003"]
    assert await refs("?q=%25") == []
    page = await desk.reads("?limit=4")
    rest = await desk.reads(f"?limit=4&cursor={page['next_cursor']}")
    assert len(page["items"]) == 4
    assert [item["ref"] for item in rest["items"]] == ["INC-1002", "INC-1001"]
    assert rest["next_cursor"] is None
    wrong = await desk.api.get("/v1/incidents?status=purple", key="read")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "?status")


async def test_a_client_that_waits_for_the_directory_can_be_released(desk: Any) -> None:
    incident = await desk.opens()
    answer = await desk.posts("INC-1001/release", {"client_key": "acme"})
    assert answer.status_code == 202
    event = (await desk.events())[-1]
    assert event["type"] == "tocsin.operator.client_released.v1"
    assert (event["subject"], event["data"]["client_key"]) == (incident["id"], "acme")
    refused = await desk.posts("INC-1001/release", {"client_key": "cedar"})
    assert refused.json()["errors"][0]["pointer"] == "/client_key"


async def test_the_etag_of_a_written_update_is_good_for_mending_it_once(desk: Any) -> None:
    await desk.opens()
    await desk.posts("INC-1001/acknowledge")
    written = await desk.posts("INC-1001/updates", {"message": "A disk."})
    path, tag = f"INC-1001/updates/{written.json()['id']}", written.headers["etag"]

    mended = await desk.patches(path, {"message": "A controller."}, If_Match=tag)
    assert mended.status_code == 200, mended.text
    late = await desk.patches(path, {"message": "A cable."}, If_Match=tag)
    assert late.status_code == 412


async def test_a_silent_change_still_tells_whom_it_newly_concerns_and_the_interface_says_so(
    desk: Any,
) -> None:
    await desk.opens()
    silent = {"system_keys": ["mail-eu", "vpn-us"], "notify": False}
    assert (await desk.patches("INC-1001", silent)).status_code == 200
    told = [one["data"] for one in (await desk.events())[1:] if one["data"]["kind"]]
    assert [(one["kind"], one["only_clients"]) for one in told] == [("initial", ["cedar"])]
    schema = (await desk.api.get("/openapi.json", key="read")).json()["components"]["schemas"]
    said = schema["IncidentPatch"]["properties"]["notify"]["description"]
    assert "newly concerns" in said
