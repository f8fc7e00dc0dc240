"""Held for some seconds: undone, sent at once, or dropped because the incident moved on."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.attention import store as attention
from incident_api.audience.digest import audience_digest
from tocsin_contracts.incident import AudienceClient

pytestmark = pytest.mark.integration

FIXED = {"message": "Mail is back.", "hold_seconds": 30}


async def held(desk: Any) -> str:
    """An outage whose end is written and held. Returns the hold's id."""
    await desk.opens()
    answer = await desk.posts("INC-1001/resolve", FIXED)
    assert answer.status_code == 202, answer.text
    hold = answer.json()["hold"]
    assert hold["until"] == "2026-11-24T08:52:30Z"
    return str(hold["id"])


async def holds(desk: Any) -> list[dict[str, Any]]:
    answer = await desk.api.get("/v1/holds", key="read")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_nothing_happens_until_its_time_is_over_and_then_all_of_it(desk: Any) -> None:
    await held(desk)
    assert (await desk.reads("/INC-1001"))["status"] == "investigating"
    assert [one["act"] for one in await holds(desk)] == ["resolve"]
    desk.clock.advance(seconds=29)
    await desk.api.fire_due()
    assert (await desk.told())[-1] == ("opened", "initial")
    desk.clock.advance(seconds=1)
    await desk.api.fire_due()
    assert (await desk.reads("/INC-1001"))["resolved_at"] == "2026-11-24T08:52:30Z"
    assert (await desk.told())[-1] == ("resolved", "resolved")
    event = (await desk.events())[-1]["data"]
    assert (event["actor"], event["message"]) == ("key:operate", "Mail is back.")
    assert await holds(desk) == []


async def test_it_is_undone_and_nobody_hears_of_it(desk: Any) -> None:
    hold = await held(desk)
    assert (await desk.api.delete(f"/v1/holds/{hold}", key="operate")).status_code == 204
    assert (await desk.api.delete(f"/v1/holds/{hold}", key="operate")).status_code == 204
    desk.clock.advance(minutes=1)
    await desk.api.fire_due()
    assert await desk.told() == [("opened", "initial")]
    late = await desk.api.post(f"/v1/holds/{hold}/release", key="operate")
    assert late.status_code == 409


async def test_it_is_sent_at_once_and_then_not_again_nor_undone(desk: Any) -> None:
    hold = await held(desk)
    for _ in range(2):
        answer = await desk.api.post(f"/v1/holds/{hold}/release", key="operate")
        assert (answer.status_code, answer.json()["state"]) == (200, "sent")
    desk.clock.advance(minutes=1)
    await desk.api.fire_due()
    assert await desk.told() == [("opened", "initial"), ("resolved", "resolved")]
    refused = await desk.api.delete(f"/v1/holds/{hold}", key="operate")
    assert refused.status_code == 409
    assert "sent at 08:52:00 UTC" in refused.json()["detail"]


async def test_what_moved_on_meanwhile_drops_it_and_its_words_are_kept(desk: Any) -> None:
    hold = await held(desk)
    await desk.posts("INC-1001/updates", {"message": "It is the storage."})
    by_hand = await desk.api.post(f"/v1/holds/{hold}/release", key="operate")
    assert by_hand.status_code == 409
    assert "has changed in the meantime" in by_hand.json()["detail"]
    desk.clock.advance(minutes=1)
    await desk.api.fire_due()
    assert (await desk.reads("/INC-1001"))["status"] == "investigating"
    (draft,) = (await desk.api.get("/v1/needs-attention", key="read")).json()["items"]
    assert (draft["kind"], draft["hold_id"], draft["act"]) == ("draft", hold, "resolve")
    assert draft["body"] == {"message": "Mail is back."}
    assert "has changed in the meantime" in draft["detail"]
    assert (await desk.api.delete(f"/v1/holds/{hold}", key="operate")).status_code == 204
    assert (await desk.api.get("/v1/needs-attention", key="read")).json()["items"] == []


async def test_a_directory_that_changed_whom_it_tells_drops_it(
    desk: Any, directory_document: dict[str, Any]
) -> None:
    await desk.opens(visibility="internal")
    await desk.posts("INC-1001/publish", {"hold_seconds": 30})
    directory_document["clients"].append(
        {"key": "dune", "name": "Dune", "systems": ["mail-eu"], "communication_plan": "gold"}
    )
    assert (await desk.api.put("/v1/directory", directory_document)).status_code == 200
    desk.clock.advance(minutes=1)
    await desk.api.fire_due()
    (draft, *_) = (await desk.api.get("/v1/needs-attention", key="read")).json()["items"]
    assert "Whom it would tell has changed" in draft["detail"]


async def test_what_is_wrong_with_it_is_said_before_it_is_held(desk: Any) -> None:
    await desk.opens()
    closing = {"root_cause": "x", "steps_taken": "x", "prevention": "x", "hold_seconds": 30}
    assert (await desk.posts("INC-1001/close", closing)).status_code == 409
    passed = {"message": "x", "eta": "2026-11-24T08:00:00Z", "hold_seconds": 30}
    assert (await desk.posts("INC-1001/updates", passed)).status_code == 422
    assert await holds(desk) == []


async def test_what_is_so_already_needs_no_hold(desk: Any) -> None:
    await desk.opens()
    await desk.posts("INC-1001/resolve", {"message": "Mail is back."})
    assert (await desk.posts("INC-1001/resolve", FIXED)).status_code == 200


async def test_two_operators_at_once_also_where_one_holds(desk: Any) -> None:
    await desk.opens()
    await desk.posts("INC-1001/updates", {"message": "One."})
    answer = await desk.posts("INC-1001/resolve", FIXED, If_Match='"1"')
    assert answer.status_code == 412
    assert await holds(desk) == []


async def test_a_new_incident_is_open_at_once_and_only_its_publication_is_held(desk: Any) -> None:
    incident = await desk.opens(hold_seconds=10)
    assert (incident["status"], incident["visibility"]) == ("investigating", "internal")
    (hold,) = await holds(desk)
    assert (hold["act"], incident["hold"]["id"]) == ("publish", hold["id"])
    assert await desk.told() == [("opened", None)]
    desk.clock.advance(seconds=10)
    await desk.api.fire_due()
    assert (await desk.told())[-1] == ("published", "initial")


async def promised_word_in_ten_minutes(desk: Any, document: dict[str, Any]) -> None:
    plan = document["communication_plans"][0]
    plan["severities"]["sev1"]["first_notice_within_minutes"] = 10
    del plan["service_hours"]
    assert (await desk.api.put("/v1/directory", document)).status_code == 200


async def test_a_hold_past_the_promised_notice_says_so_and_lets_the_holding_notice_go(
    desk: Any, directory_document: dict[str, Any]
) -> None:
    await promised_word_in_ten_minutes(desk, directory_document)
    incident = await desk.opens(hold_seconds=1800)
    assert incident["hold"]["until"] == "2026-11-24T09:22:00Z"
    assert "at 09:00:00 UTC they hear that we are checking" in incident["note"]
    desk.clock.advance(minutes=8)
    await desk.api.fire_due()
    assert await desk.told() == [("opened", None), ("holding_notice_issued", "holding_notice")]
    desk.clock.advance(minutes=22)
    await desk.api.fire_due()
    assert (await desk.told())[2:] == [("published", "initial")]


async def test_after_the_holding_notice_a_held_publication_is_still_sent_by_hand(
    desk: Any, directory_document: dict[str, Any]
) -> None:
    await promised_word_in_ten_minutes(desk, directory_document)
    await desk.opens(visibility="internal")
    short = (await desk.posts("INC-1001/publish", {"hold_seconds": 300})).json()
    assert "note" not in short
    await desk.api.delete(f"/v1/holds/{short['hold']['id']}", key="operate")
    long = (await desk.posts("INC-1001/publish", {"hold_seconds": 1800})).json()
    assert "we are checking" in long["note"]
    desk.clock.advance(minutes=9)
    await desk.api.fire_due()
    released = await desk.api.post(f"/v1/holds/{long['hold']['id']}/release", key="operate")
    assert released.status_code == 200, released.text
    assert (await desk.told())[1:] == [
        ("holding_notice_issued", "holding_notice"),
        ("published", "initial"),
    ]


async def test_a_hold_that_was_overtaken_before_the_holding_notice_stays_so(
    desk: Any, directory_document: dict[str, Any]
) -> None:
    await promised_word_in_ten_minutes(desk, directory_document)
    await desk.opens(visibility="internal")
    held = (await desk.posts("INC-1001/publish", {"hold_seconds": 1800})).json()["hold"]
    await desk.posts("INC-1001/updates", {"message": "It is the storage."})
    desk.clock.advance(minutes=9)
    await desk.api.fire_due()
    assert (await desk.told())[-1] == ("holding_notice_issued", "holding_notice")
    refused = await desk.api.post(f"/v1/holds/{held['id']}/release", key="operate")
    assert refused.status_code == 409


async def test_an_undone_publication_leaves_the_holding_notice_its_word(desk: Any) -> None:
    incident = await desk.opens(hold_seconds=10)
    await desk.api.fire_due()
    await desk.api.delete(f"/v1/holds/{incident['hold']['id']}", key="operate")
    desk.clock.advance(seconds=11)
    await desk.api.fire_due()
    assert (await desk.told())[-1] == ("holding_notice_issued", "holding_notice")


def digest_of(incident: dict[str, Any], severity: str = "sev1") -> str:
    return audience_digest(
        AudienceClient(
            client_key=client["client_key"],
            client_revision=1,
            plan_key=client["plan_key"],
            severity_entry=severity,
            systems=tuple(client["systems"]),
            because="",
        )
        for client in incident["audience"]["clients"]
    )


async def test_a_write_is_bound_to_those_whom_its_preview_showed(desk: Any) -> None:
    incident = await desk.opens()
    update = {"message": "It is the storage.", "audience_digest": digest_of(incident)}
    assert (await desk.posts("INC-1001/updates", update)).status_code == 201
    await desk.patches("INC-1001", {"client_keys": ["cedar"]})
    before = len(await desk.events())
    refused = await desk.posts("INC-1001/updates", update)
    assert refused.status_code == 409
    assert "preview it again" in refused.json()["detail"]
    assert len(await desk.events()) == before


async def test_a_new_incident_is_bound_to_its_preview_too(desk: Any) -> None:
    body = {"title": "x", "severity": "sev1", "system_keys": ["mail-eu"]}
    refused = await desk.api.post(
        "/v1/incidents", {**body, "audience_digest": "0" * 64}, key="operate"
    )
    assert refused.status_code == 409
    assert await desk.events() == []


async def test_what_is_so_already_is_no_error_whomever_its_preview_showed(desk: Any) -> None:
    await desk.opens()
    await desk.posts("INC-1001/resolve", {"message": "It is back."})
    again = {"message": "It is back.", "audience_digest": "of before"}
    assert (await desk.posts("INC-1001/resolve", again)).status_code == 200
    assert await desk.told() == [("opened", "initial"), ("resolved", "resolved")]


async def test_the_same_outage_becomes_part_of_one_whose_publication_is_held(desk: Any) -> None:
    await desk.opens(hold_seconds=30)
    await desk.opens(title="Mail EU, seen by another")
    assert (await desk.reads("/INC-1002"))["parent_id"] == (await desk.reads("/INC-1001"))["id"]


async def test_of_more_drafts_than_are_listed_the_oldest_are_kept(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "MOST", 1)
    first = await held(desk)
    desk.clock.advance(seconds=1)
    await desk.posts("INC-1001/updates", {"message": "Not the disk.", "hold_seconds": 30})
    await desk.posts("INC-1001/updates", {"message": "It is the storage."})
    desk.clock.advance(minutes=1)
    await desk.api.fire_due()
    items = (await desk.api.get("/v1/needs-attention", key="read")).json()["items"]
    assert [one["hold_id"] for one in items if one["kind"] == "draft"] == [first]
