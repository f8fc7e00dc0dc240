"""Planned work from its announcement to its end, as the other services hear of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.integration

STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=3)


async def test_those_who_depend_on_the_system_hear_of_it_ahead(works: Any) -> None:
    window = await works.announces()
    assert (window["ref"], window["status"], window["overrun"]) == ("MNT-301", "scheduled", False)
    assert window["remind_hours_before"] == [24]
    because = {c["client_key"]: c["because"] for c in window["audience"]["clients"]}
    assert because == {
        "acme": "ACME GmbH uses Mail EU, which depends on Storage EU",
        "birch": "Birch Ltd uses Storage EU",
    }
    assert await works.told() == [("announced", "maintenance_announced")]
    data = await works.last()
    assert data["window"]["starts_at"] == "2026-12-05T21:00:00Z"
    assert [c["client_key"] for c in data["audience"]["clients"]] == ["acme", "birch"]
    assert data["audience"]["clients"][0].get("first_notice_due") is None


async def test_reminder_start_overrun_and_end_come_at_their_moments(works: Any) -> None:
    await works.announces()
    await works.at(STARTS - timedelta(hours=24, seconds=1))
    assert len(await works.told()) == 1
    await works.at(STARTS - timedelta(hours=24))
    await works.at(STARTS)
    await works.at(ENDS - timedelta(seconds=1))
    assert await works.told() == [
        ("announced", "maintenance_announced"),
        ("reminder_due", "maintenance_reminder"),
        ("started", "maintenance_started"),
    ]
    assert (await works.last())["window"]["started_at"] == "2026-12-05T21:00:00Z"
    await works.at(ENDS)
    overrun = await works.last()
    assert (overrun["kind"], overrun["window"]["overrun"]) == ("maintenance_ended", True)
    assert overrun["ends_before"] == "2026-12-06T00:00:00Z"
    works.clock.advance(minutes=25)
    answer = await works.posts("MNT-301/end", {"outcome": "partly", "message": "One disk is left."})
    assert answer.json()["status"] == "completed"
    ended = await works.last()
    assert (ended["window"]["outcome"], ended["message"]) == ("partly", "One disk is left.")
    assert ended["window"].get("overrun") is False
    await works.at(ENDS + timedelta(days=30))
    assert len(await works.told()) == 5


async def test_a_window_that_ends_in_time_never_overruns(works: Any) -> None:
    await works.announces()
    await works.at(STARTS)
    works.clock.advance(hours=1)
    await works.posts("MNT-301/end")
    await works.at(ENDS)
    assert [word for word, _ in await works.told()] == ["announced", "started", "ended"]


async def test_new_times_are_told_with_the_old_ones_and_clock_anew(works: Any) -> None:
    await works.announces()
    answer = await works.patches(
        "MNT-301",
        {
            "starts_at": "2026-12-12T22:00:00+01:00",
            "ends_at": "2026-12-13T01:00:00+01:00",
            "reason": "A part arrives later than ordered.",
        },
    )
    assert answer.status_code == 200, answer.text
    data = await works.last()
    assert data["kind"] == "maintenance_rescheduled"
    assert data["starts_before"] == "2026-12-05T21:00:00Z"
    assert data["window"]["starts_at"] == "2026-12-12T21:00:00Z"
    assert data["window"]["calendar_sequence"] == 1
    assert data["reason"] == "A part arrives later than ordered."
    await works.at(ENDS)
    assert len(await works.told()) == 2, "the moments that fell find nothing to do"
    await works.at(STARTS + timedelta(days=6))
    assert (await works.told())[-1] == ("reminder_due", "maintenance_reminder")


async def test_moved_away_and_back_again_it_starts_once(works: Any) -> None:
    await works.announces()
    there = {"starts_at": "2026-12-12T22:00:00+01:00", "ends_at": "2026-12-13T01:00:00+01:00"}
    back = {"starts_at": "2026-12-05T22:00:00+01:00", "ends_at": "2026-12-06T01:00:00+01:00"}
    await works.patches("MNT-301", there)
    await works.patches("MNT-301", back)
    await works.at(STARTS)
    assert [word for word, _ in await works.told()].count("started") == 1


async def test_cancelled_it_neither_reminds_nor_starts(works: Any) -> None:
    await works.announces()
    answer = await works.posts("MNT-301/cancel", {"reason": "The part passed its test."})
    assert answer.json()["status"] == "cancelled"
    data = await works.last()
    assert (data["kind"], data["reason"]) == (
        "maintenance_cancelled",
        "The part passed its test.",
    )
    assert data["window"]["calendar_sequence"] == 1
    await works.at(ENDS)
    assert len(await works.told()) == 2


async def test_an_end_that_moves_in_the_middle_is_told_and_ends_the_overrun(works: Any) -> None:
    await works.announces()
    await works.at(STARTS)
    await works.at(ENDS)
    works.clock.advance(minutes=5)
    answer = await works.patches("MNT-301", {"ends_at": "2026-12-06T02:30:00+01:00"})
    assert answer.json()["overrun"] is False
    data = await works.last()
    assert (data["kind"], data["expected_end"]) == ("maintenance_ended", "2026-12-06T01:30:00Z")
    assert data["ends_before"] == "2026-12-06T00:00:00Z"
    await works.at(ENDS + timedelta(minutes=90))
    assert (await works.last())["window"]["overrun"] is True


async def test_work_that_overruns_waits_for_a_person(works: Any) -> None:
    await works.announces()
    await works.at(STARTS)
    await works.at(ENDS)
    answer = await works.api.get("/v1/needs-attention", key="read")
    (need,) = answer.json()["items"]
    assert (need["kind"], need["maintenance_window"]["ref"]) == ("overrun", "MNT-301")
    assert "POST /v1/maintenance-windows/MNT-301/end" in need["detail"]
    await works.posts("MNT-301/end")
    answer = await works.api.get("/v1/needs-attention", key="read")
    assert answer.json()["items"] == []


async def test_a_client_that_joins_later_hears_of_it_with_the_reminder(
    works: Any, joins: Any
) -> None:
    await works.announces()
    await joins()
    await works.at(STARTS - timedelta(hours=24))
    data = await works.last()
    assert [c["client_key"] for c in data["audience"]["clients"]] == ["acme", "birch", "dune"]
    assert data["audience"]["version"] == 2


async def test_a_client_that_leaves_the_systems_hears_of_it_to_the_end(
    works: Any, directory_document: dict[str, Any]
) -> None:
    await works.announces()
    directory_document["clients"][1]["systems"] = ["vpn-us"]
    await works.api.put("/v1/directory", directory_document)
    await works.at(STARTS)
    data = await works.last()
    assert "birch" in [c["client_key"] for c in data["audience"]["clients"]]


async def test_after_a_pause_of_our_own_one_reminder_is_enough(works: Any) -> None:
    await works.announces(remind_hours_before=[72, 24, 2])
    await works.at(STARTS - timedelta(hours=1))
    reminders = [e["data"] for e in await works.events() if "reminder_due" in e["type"]]
    assert [reminder["hours_before"] for reminder in reminders] == [2]


async def test_another_effect_is_announced_again_and_a_new_name_is_not(works: Any) -> None:
    await works.announces()
    await works.patches("MNT-301", {"title": "Storage part", "alerts": "suppress"})
    assert len(await works.told()) == 1
    await works.patches("MNT-301", {"impact": "Up to an hour without mail."})
    assert (await works.told())[-1] == ("announced", "maintenance_announced")
    assert (await works.last())["window"]["calendar_sequence"] == 1
    await works.patches("MNT-301", {"impact": "Up to two hours.", "notify": False})
    assert (await works.told())[-1] == ("announced", None)


async def test_further_systems_are_announced_to_those_they_bring_in(works: Any) -> None:
    await works.announces()
    await works.patches("MNT-301", {"system_keys": ["storage-eu", "vpn-us"]})
    assert (await works.last())["only_clients"] == ["cedar"]


async def test_the_timeline_says_what_happened(works: Any) -> None:
    await works.announces()
    await works.at(STARTS)
    await works.posts("MNT-301/end", {"message": "Part replaced."})
    lines = (await works.reads("/MNT-301/timeline"))["items"]
    texts = [line["text"] for line in reversed(lines)]
    assert texts[0] == "Announced: 2 clients are told."
    assert texts[-1] == "Ended, done: Part replaced."
    assert [line["actor"] for line in reversed(lines)][-2:] == ["system:maintenance", "key:operate"]


async def test_whoever_comes_in_as_the_end_comes_nearer_hears_that_it_has_started(
    works: Any,
) -> None:
    await works.announces()
    await works.at(datetime(2026, 12, 5, 21, 0, tzinfo=UTC))
    await works.patches(
        "MNT-301",
        {"ends_at": "2026-12-06T00:30:00+01:00", "system_keys": ["storage-eu", "vpn-us"]},
    )
    assert (await works.told())[-1] == ("started", "maintenance_started")
    assert (await works.last())["only_clients"] == ["cedar"]
