"""No news, corrections, and calls that were made by telephone."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration


async def test_no_news_is_told_and_moves_the_promise(desk: Any) -> None:
    await desk.opens()
    desk.clock.advance(minutes=25)
    answer = await desk.posts("INC-1001/no-news")
    assert (answer.status_code, answer.json()["kind"]) == (201, "no_news")
    event = (await desk.events())[-1]["data"]
    assert (event["kind"], event["no_news"], event["update"]["message"]) == ("no_news", True, "")
    assert event["next_update_due"] == {"acme": "2026-11-24T09:50:00Z"}


async def test_the_third_without_words_needs_some(desk: Any) -> None:
    await desk.opens()
    for _ in range(2):
        assert (await desk.posts("INC-1001/no-news")).status_code == 201
    note = {"message": "The vendor was called.", "audience": {"internal_only": True}}
    await desk.posts("INC-1001/updates", note)
    refused = await desk.posts("INC-1001/no-news", {})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/message"
    with_words = await desk.posts("INC-1001/no-news", {"message": "The vendor is on site."})
    assert (with_words.status_code, with_words.json()["kind"]) == (201, "no_news")
    assert (await desk.posts("INC-1001/no-news")).status_code == 201


async def test_real_news_in_between_begins_the_count_anew(desk: Any) -> None:
    await desk.opens()
    for _ in range(2):
        await desk.posts("INC-1001/no-news")
    await desk.patches("INC-1001", {"workaround": "Use the web mail."})
    assert (await desk.posts("INC-1001/no-news")).status_code == 201


async def test_no_news_names_the_next_word_if_it_likes(desk: Any) -> None:
    await desk.opens()
    named = {"next_update_at": "2026-11-24T10:00:00Z"}
    assert (await desk.posts("INC-1001/no-news", named)).status_code == 201
    (acme,) = (await desk.reads("/INC-1001"))["audience"]["clients"]
    assert acme["next_update_due"] == "2026-11-24T10:00:00Z"
    passed = {"next_update_at": "2026-11-24T08:00:00Z"}
    assert (await desk.posts("INC-1001/no-news", passed)).status_code == 422


async def written(desk: Any, **fields: Any) -> dict[str, Any]:
    answer = await desk.posts("INC-1001/updates", {"message": "Mail is lost.", **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_correction_names_what_was_told_and_what_is_right(desk: Any) -> None:
    await desk.opens()
    update = await written(desk)
    told = (await desk.events())[-1]["id"]
    desk.clock.advance(minutes=3)
    before = (await desk.reads("/INC-1001"))["audience"]
    answer = await desk.posts(
        f"INC-1001/updates/{update['id']}/correct",
        {"right": "Mail is delayed.", "action": "Nothing needs to be sent again."},
    )
    assert (answer.status_code, answer.json()["message"]) == (201, "Mail is delayed.")
    event = (await desk.events())[-1]
    assert event["type"] == "tocsin.incident.corrected.v1"
    data = event["data"]
    assert (data["kind"], data["corrects"], data["update_id"]) == ("correction", told, update["id"])
    assert (data["wrong"], data["right"]) == ("Mail is lost.", "Mail is delayed.")
    assert data["told_at"] == "2026-11-24T08:52:00Z"
    assert (await desk.reads("/INC-1001"))["audience"] == before, "a correction is no news"
    (shown,) = (await desk.reads("/INC-1001/updates"))["items"]
    assert shown["message"] == "Mail is delayed."


async def test_only_the_wrong_part_is_replaced_in_what_can_be_read(desk: Any) -> None:
    await desk.opens()
    update = await written(desk, message="Since 9:00 mail is lost.")
    await desk.posts(
        f"INC-1001/updates/{update['id']}/correct", {"wrong": "lost", "right": "delayed"}
    )
    (shown,) = (await desk.reads("/INC-1001/updates"))["items"]
    assert shown["message"] == "Since 9:00 mail is delayed."


async def test_what_was_sent_by_mistake_is_taken_back_from_those_who_got_it(desk: Any) -> None:
    await desk.opens(system_keys=["storage-eu"])
    update = await written(desk, audience={"client_keys": ["birch"]})
    answer = await desk.posts(f"INC-1001/updates/{update['id']}/correct", {"right": None})
    assert answer.status_code == 201
    data = (await desk.events())[-1]["data"]
    assert (data["right"], data["only_clients"]) == (None, ["birch"])
    (shown,) = (await desk.reads("/INC-1001/updates"))["items"]
    assert shown["message"] == "Mail is lost."


async def test_what_nobody_read_is_mended_and_not_corrected(desk: Any) -> None:
    await desk.opens()
    note = await written(desk, audience={"internal_only": True})
    quiet = await written(desk, notify=False)
    for update in (note, quiet):
        refused = await desk.posts(f"INC-1001/updates/{update['id']}/correct", {"right": "x"})
        assert refused.status_code == 409
        assert f"PATCH /v1/incidents/INC-1001/updates/{update['id']}" in refused.json()["detail"]
    missing = await desk.posts("INC-1001/updates/none/correct", {"right": "x"})
    assert missing.status_code == 404


async def test_a_correction_that_says_the_same_is_refused(desk: Any) -> None:
    await desk.opens()
    update = await written(desk)
    same = await desk.posts(f"INC-1001/updates/{update['id']}/correct", {"right": "Mail is lost."})
    assert (same.status_code, same.json()["errors"][0]["pointer"]) == (422, "/right")


async def test_a_closed_incident_can_still_be_corrected(desk: Any) -> None:
    await desk.opens()
    update = await written(desk)
    await desk.posts("INC-1001/resolve", {"message": "Done."})
    closing = {"root_cause": "x", "steps_taken": "x", "prevention": "x"}
    await desk.posts("INC-1001/close", closing)
    answer = await desk.posts(f"INC-1001/updates/{update['id']}/correct", {"right": "Delayed."})
    assert answer.status_code == 201
    assert (await desk.told())[-1] == ("corrected", "correction")


async def test_a_call_that_was_made_counts_for_that_client(desk: Any) -> None:
    await desk.opens()
    desk.clock.advance(minutes=5)
    made = {"client_key": "acme", "contact": "jo", "at": "2026-11-24T08:55:00Z", "note": "Knows."}
    answer = await desk.posts("INC-1001/contacts-made", made)
    assert answer.status_code == 201
    event = (await desk.events())[-1]
    assert event["type"] == "tocsin.incident.contact_made.v1"
    assert (event["data"]["person"], event["data"]["at"]) == ("jo", "2026-11-24T08:55:00Z")
    line = (await desk.reads("/INC-1001/timeline"))["items"][0]
    assert line["text"] == "jo of acme was told by telephone at 08:55 UTC: Knows."


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"contact": "nobody"}, "/contact"),
        ({"client_key": "cedar"}, "/client_key"),
        ({"at": "2026-11-24T09:30:00Z"}, "/at"),
    ],
)
async def test_a_call_to_somebody_else_or_still_to_come_does_not(
    desk: Any, change: dict[str, str], pointer: str
) -> None:
    await desk.opens()
    made = {"client_key": "acme", "contact": "jo", **change}
    refused = await desk.posts("INC-1001/contacts-made", made)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_update_about_the_past_says_when_it_was(desk: Any) -> None:
    await desk.opens()
    desk.clock.advance(minutes=30)
    update = await written(desk, occurred_at="2026-11-24T09:00:00Z")
    assert update["occurred_at"] == "2026-11-24T09:00:00Z"
    event = (await desk.events())[-1]["data"]
    assert event["update"]["occurred_at"] == "2026-11-24T09:00:00Z"
    ahead = {"message": "x", "occurred_at": "2026-11-24T10:00:00Z"}
    assert (await desk.posts("INC-1001/updates", ahead)).status_code == 422


async def test_a_word_that_there_is_no_news_stays_one_when_it_is_mended(desk: Any) -> None:
    await desk.opens()
    said = (await desk.posts("INC-1001/no-news")).json()
    mended = await desk.patches(f"INC-1001/updates/{said['id']}", {"progress": "Disks are read."})
    assert mended.status_code == 200, mended.text
    texts = [line["text"] for line in (await desk.reads("/INC-1001/timeline"))["items"]]
    assert "No news." in texts
    assert "" not in texts


async def test_what_happened_long_before_the_incident_began_is_a_slip(desk: Any) -> None:
    await desk.opens()
    led_to_it = {"message": "A disk was changed.", "occurred_at": "2026-11-23T09:00:00Z"}
    told = await desk.posts("INC-1001/updates", led_to_it)
    assert told.status_code == 201
    slip = {"message": "A disk was changed.", "occurred_at": "2025-11-24T08:00:00Z"}
    refused = await desk.posts("INC-1001/updates", slip)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/occurred_at")
    assert "more than 24 hours before INC-1001 started" in refused.json()["detail"]
    mended = await desk.patches(
        f"INC-1001/updates/{told.json()['id']}", {"occurred_at": "2025-11-24T08:00:00Z"}
    )
    assert mended.status_code == 422
    ahead = await desk.patches(
        f"INC-1001/updates/{told.json()['id']}", {"occurred_at": "2027-11-24T08:00:00Z"}
    )
    assert ahead.status_code == 422
