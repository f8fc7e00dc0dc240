"""Alerts while planned work is under way: kept quiet or marked, as the window says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.integration

STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)


def alert(name: str = "queue", status: str = "firing", system: str = "mail-eu") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "severity": "critical", "system": system},
        "annotations": {"summary": f"{name} is down"},
        "startsAt": "2026-12-05T21:10:00Z",
        "fingerprint": name,
    }


async def says(works: Any, *alerts: dict[str, Any]) -> list[dict[str, Any]]:
    body = {"version": "4", "status": "firing", "groupKey": "g", "alerts": list(alerts)}
    answer = await works.api.post("/v1/ingest/alertmanager", body, key="ingest")
    assert answer.status_code == 202, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def under_way(works: Any, **fields: Any) -> None:
    await works.announces(**fields)
    await works.at(STARTS)
    works.clock.advance(minutes=10)


async def incidents(works: Any) -> list[dict[str, Any]]:
    answer = await works.api.get("/v1/incidents", key="read")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def timeline(works: Any, ref: str) -> list[str]:
    answer = await works.api.get(f"/v1/incidents/{ref}/timeline", key="read")
    return [line["text"] for line in answer.json()["items"]]


async def test_kept_quiet_it_opens_no_incident_and_stays_listed(works: Any) -> None:
    """Mail EU depends on the storage that is worked on."""
    await under_way(works, alerts="suppress")
    (result,) = await says(works, alert())
    assert (result["outcome"], result["incident_id"]) == ("suppressed", None)
    assert result["detail"] == "Kept quiet by MNT-301, planned work in progress."
    assert await incidents(works) == []
    (kept,) = (await works.reads("/MNT-301/alerts"))["items"]
    assert (kept["title"], kept["firing"], kept["incident_id"]) == ("queue is down", True, None)


async def test_what_repeats_and_ends_while_it_is_quiet_stays_quiet(works: Any) -> None:
    await under_way(works, alerts="suppress")
    await says(works, alert())
    assert [r["outcome"] for r in await says(works, alert())] == ["suppressed"]
    assert [r["outcome"] for r in await says(works, alert(status="resolved"))] == ["resolved"]
    await works.posts("MNT-301/end")
    works.clock.advance(minutes=10)
    await works.api.fire_due()
    assert await incidents(works) == []


async def test_what_still_fires_when_the_work_is_over_opens_its_incident(works: Any) -> None:
    """Many tools say a thing once: without this nobody would ever hear of it."""
    await under_way(works, alerts="suppress")
    await says(works, alert("queue"), alert("disk"), alert("fan"))
    await works.posts("MNT-301/end")
    works.clock.advance(seconds=90)
    await says(works, alert("fan", status="resolved"))
    await works.api.fire_due()
    assert await incidents(works) == []
    works.clock.advance(seconds=30)
    await works.api.fire_due()
    (incident,) = await incidents(works)
    assert {a["dedup_key"] for a in incident["alerts"]} == {"queue", "disk"}
    assert incident["severity"] == "sev1"
    assert [c["client_key"] for c in incident["audience"]["clients"]] == ["acme"]
    kept = {k["dedup_key"]: k for k in (await works.reads("/MNT-301/alerts"))["items"]}
    assert kept["queue"]["incident_id"] == incident["id"]
    assert kept["fan"]["incident_id"] is None
    texts = [line["text"] for line in (await works.reads("/MNT-301/timeline"))["items"]]
    assert "disk is down still fires: A new incident." in texts


async def test_its_resolve_then_finds_the_incident(works: Any) -> None:
    await under_way(works, alerts="suppress")
    await says(works, alert())
    await works.posts("MNT-301/end")
    works.clock.advance(minutes=2)
    await works.api.fire_due()
    works.clock.advance(minutes=2)
    assert [r["outcome"] for r in await says(works, alert(status="resolved"))] == ["resolved"]
    assert [i["status"] for i in await incidents(works)] == ["resolved"]


async def test_marked_it_opens_an_incident_that_names_the_work(works: Any) -> None:
    await under_way(works, alerts="mark")
    (result,) = await says(works, alert())
    assert result["outcome"] == "opened"
    (incident,) = await incidents(works)
    assert incident["title"] == "queue is down (during MNT-301)"
    assert "MNT-301 is in progress on what it depends on." in await timeline(works, incident["ref"])


async def test_trouble_elsewhere_is_not_explained_by_the_work(works: Any) -> None:
    await under_way(works, alerts="suppress")
    (result,) = await says(works, alert(system="vpn-us"))
    assert result["outcome"] == "opened"
    (incident,) = await incidents(works)
    assert incident["title"] == "queue is down"
    assert len(await timeline(works, incident["ref"])) == 1


async def test_trouble_that_reaches_further_is_taken_and_names_the_work(works: Any) -> None:
    await under_way(works, alerts="suppress")
    (result,) = await says(works, alert(system="mail-eu,vpn-us"))
    assert result["outcome"] == "opened"
    (incident,) = await incidents(works)
    assert "MNT-301 is in progress on what it depends on." in await timeline(works, incident["ref"])


async def test_a_system_nobody_knows_is_not_kept_quiet(works: Any) -> None:
    await under_way(works, alerts="suppress")
    (result,) = await says(works, alert(system="mail-eu,nobody-knows"))
    assert result["outcome"] == "opened"


async def test_an_outage_from_before_the_work_goes_on(works: Any) -> None:
    await works.announces(alerts="suppress")
    works.clock.set(STARTS - timedelta(minutes=5))
    await says(works, {**alert(), "startsAt": "2026-12-05T20:50:00Z"})
    await works.at(STARTS)
    (result,) = await says(works, {**alert(status="resolved"), "startsAt": "2026-12-05T20:50:00Z"})
    assert result["outcome"] == "resolved"
    assert [i["status"] for i in await incidents(works)] == ["resolved"]


async def test_before_it_starts_and_after_it_ends_alerts_are_taken(works: Any) -> None:
    await works.announces(alerts="suppress")
    assert [r["outcome"] for r in await says(works, alert("early"))] == ["opened"]
    await works.at(STARTS)
    await works.posts("MNT-301/end")
    works.clock.advance(minutes=1)
    late = {**alert("late"), "startsAt": "2026-12-05T21:01:00Z"}
    assert [r["outcome"] for r in await says(works, late)] == ["updated"]


async def test_a_person_who_opens_an_incident_is_always_heard(works: Any) -> None:
    await under_way(works, alerts="suppress")
    body = {"title": "Mail is gone", "severity": "sev1", "system_keys": ["mail-eu"]}
    answer = await works.api.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 201
    assert answer.json()["title"] == "Mail is gone"
    assert "MNT-301 is in progress on what it depends on." in await timeline(works, "INC-1001")


async def test_the_last_word_of_a_key_within_one_payload_counts(works: Any) -> None:
    await under_way(works, alerts="suppress")
    results = await says(works, alert(), alert(status="resolved"), alert("fan"))
    assert [r["outcome"] for r in results] == ["suppressed", "resolved", "suppressed"]
    kept = {k["dedup_key"]: k["firing"] for k in (await works.reads("/MNT-301/alerts"))["items"]}
    assert kept["fan"] is True
    assert kept.get("queue") in (None, False)


async def test_work_that_nobody_ends_keeps_alerts_quiet_for_an_hour_and_no_longer(
    works: Any,
) -> None:
    """Announced until midnight UTC."""
    await under_way(works, alerts="suppress")
    await says(works, alert())
    works.clock.set(STARTS + timedelta(hours=3, minutes=59))
    await works.api.fire_due()
    assert [r["outcome"] for r in await says(works, alert("fan"))] == ["suppressed"]
    works.clock.advance(minutes=1)
    assert [r["outcome"] for r in await says(works, alert("disk"))] == ["opened"]
    await works.api.fire_due()
    (incident,) = await incidents(works)
    assert {a["dedup_key"] for a in incident["alerts"]} == {"queue", "fan", "disk"}
    (why, *_) = [line for line in await timeline(works, incident["ref"]) if "quiet" in line]
    assert "MNT-301 should have ended at 00:00 UTC and nobody has ended it" in why
    await works.posts("MNT-301/end")
    works.clock.advance(minutes=2)
    await works.api.fire_due()
    assert len(await incidents(works)) == 1


async def test_an_end_that_is_moved_keeps_alerts_quiet_for_an_hour_after_that(works: Any) -> None:
    await under_way(works, alerts="suppress")
    await says(works, alert())
    await works.patches("MNT-301", {"ends_at": "2026-12-06T02:00:00Z"})
    works.clock.set(STARTS + timedelta(hours=4, minutes=30))
    await works.api.fire_due()
    assert [r["outcome"] for r in await says(works, alert("fan"))] == ["suppressed"]
    assert await incidents(works) == []
