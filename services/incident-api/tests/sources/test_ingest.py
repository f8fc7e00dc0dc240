"""Alerts on their way in, on a real database: what the tool hears and what comes of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

pytestmark = pytest.mark.integration


def webhook(*alerts: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "alerts": alerts, **top}


def alert(name: str = "queue", status: str = "firing", **fields: Any) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "severity": "critical", "system": "storage-eu"},
        "annotations": {"summary": "Storage EU has failed"},
        "startsAt": "2026-11-24T08:50:00Z",
        "fingerprint": name,
        **fields,
    }


def labelled(name: str, **labels: str) -> dict[str, Any]:
    return alert(name, labels={"alertname": name, "severity": "critical", **labels})


class Monitoring:
    """Alertmanager, with its own key, and a look at what became of its words."""

    def __init__(self, api: Any) -> None:
        self.api = api

    async def says(self, *alerts: dict[str, Any], **top: Any) -> list[dict[str, Any]]:
        answer = await self.api.post(
            "/v1/ingest/alertmanager", webhook(*alerts, **top), key="ingest"
        )
        assert answer.status_code == 202, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def incident(self, incident_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (
            await self.api.get(f"/v1/incidents/{incident_id}", key="read")
        ).json()
        return found

    async def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.api.get("/v1/incidents", key="read")).json()[
            "items"
        ]
        return found

    async def told(self) -> list[tuple[str, str | None]]:
        events = await self.api.events("tocsin.incidents")
        return [(e["type"].split(".")[2], e["data"].get("kind")) for e in events]


@pytest.fixture
async def monitoring(api: Any, directory_document: Any) -> Monitoring:
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return Monitoring(api)


async def test_from_the_first_alert_to_the_reopening(monitoring: Monitoring) -> None:
    (first,) = await monitoring.says(alert())
    assert (first["outcome"], first["routed"]) == ("opened", True)
    incident = await monitoring.incident(first["incident_id"])
    assert incident["title"] == "Storage EU has failed"
    assert incident["started_at"] == "2026-11-24T08:50:00Z"
    assert incident["known_at"] == "2026-11-24T08:52:00Z"
    assert [c["client_key"] for c in incident["audience"]["clients"]] == ["acme", "birch"]
    assert incident["audience"]["clients"][0]["via"] == ["storage-eu"]
    assert [a["status"] for a in incident["alerts"]] == ["firing"]

    monitoring.api.clock.advance(minutes=10)
    (repeat,) = await monitoring.says(alert())
    assert repeat["outcome"] == "deduplicated"
    (over,) = await monitoring.says(alert(status="resolved"))
    assert over["outcome"] == "resolved"
    assert (await monitoring.incident("INC-1001"))["status"] == "resolved"

    monitoring.api.clock.advance(minutes=20)
    (again,) = await monitoring.says(alert(startsAt="2026-11-24T09:20:00Z"))
    assert (again["outcome"], again["incident_id"]) == ("reopened", first["incident_id"])
    assert (await monitoring.incident("INC-1001"))["status"] == "investigating"
    assert await monitoring.told() == [
        ("opened", "initial"),
        ("resolved", "resolved"),
        ("reopened", "reopened"),
    ]


async def test_back_after_an_hour_is_a_new_incident_that_names_the_old(
    monitoring: Monitoring,
) -> None:
    (first,) = await monitoring.says(alert())
    await monitoring.says(alert(status="resolved"))
    monitoring.api.clock.advance(hours=1)
    (second,) = await monitoring.says(alert(startsAt="2026-11-24T09:51:00Z"))
    assert second["outcome"] == "opened"
    incident = await monitoring.incident(second["incident_id"])
    assert incident["previous_incident_id"] == first["incident_id"]
    assert [a["status"] for a in incident["alerts"]] == ["firing"]
    assert [a["status"] for a in (await monitoring.incident("INC-1001"))["alerts"]] == ["resolved"]


async def test_five_hundred_alerts_of_a_group_are_one_incident(monitoring: Monitoring) -> None:
    many = [alert(f"disk-{number}") for number in range(500)]
    results = await monitoring.says(*many)
    assert len(results) == 500
    assert {r["incident_id"] for r in results} == {results[0]["incident_id"]}
    assert [r["outcome"] for r in results].count("opened") == 1
    assert len((await monitoring.incident("INC-1001"))["alerts"]) == 500
    assert await monitoring.told() == [("opened", "initial")]
    await monitoring.says(*[{**one, "status": "resolved"} for one in many[1:]])
    assert (await monitoring.incident("INC-1001"))["status"] == "investigating"
    await monitoring.says({**many[0], "status": "resolved"})
    assert (await monitoring.incident("INC-1001"))["status"] == "resolved"


async def test_truncated_alerts_keep_their_incident_open(monitoring: Monitoring) -> None:
    """Seen with max_alerts: the top says resolved while two alerts that are not listed fire."""
    await monitoring.says(alert("a"), alert("b"), alert("c"))
    await monitoring.says(alert("a", "resolved"), status="resolved", truncatedAlerts=2)
    incident = await monitoring.incident("INC-1001")
    assert incident["status"] == "investigating"
    assert [a["status"] for a in incident["alerts"]] == ["resolved", "firing", "firing"]


async def test_an_alert_that_was_never_listed_keeps_it_open_too(monitoring: Monitoring) -> None:
    await monitoring.says(alert("a"), truncatedAlerts=2)
    await monitoring.says(alert("a", "resolved"), status="resolved", truncatedAlerts=2)
    assert (await monitoring.incident("INC-1001"))["status"] == "investigating"


async def test_alerts_about_other_systems_are_incidents_of_their_own(
    monitoring: Monitoring,
) -> None:
    """One group may span systems; each client is told of its own, by name."""
    results = await monitoring.says(
        labelled("a", system="mail-eu"),
        labelled("b", system="storage-eu"),
        labelled("c", system="mail-eu"),
    )
    assert [r["outcome"] for r in results] == ["opened", "opened", "updated"]
    mail = await monitoring.incident(results[0]["incident_id"])
    storage = await monitoring.incident(results[1]["incident_id"])
    assert [c["client_key"] for c in mail["audience"]["clients"]] == ["acme"]
    assert [c["client_key"] for c in storage["audience"]["clients"]] == ["acme", "birch"]


async def test_a_system_nobody_knows_is_seen_by_the_noc_and_told_to_no_client(
    monitoring: Monitoring,
) -> None:
    (result,) = await monitoring.says(labelled("a", system="fax-eu"))
    assert (result["outcome"], result["routed"]) == ("opened", False)
    assert "fax-eu" in result["detail"]
    incident = await monitoring.incident(result["incident_id"])
    assert incident["audience"]["clients"] == []
    assert incident["system_keys"] == []
    assert await monitoring.told() == [("opened", None)]


async def test_an_unknown_system_beside_a_known_one_does_not_stop_it(
    monitoring: Monitoring,
) -> None:
    (result,) = await monitoring.says(labelled("a", system="fax-eu, Mail-EU"))
    assert result["routed"] is True
    assert (await monitoring.incident(result["incident_id"]))["system_keys"] == ["mail-eu"]


async def test_a_client_can_be_named_by_the_alert(monitoring: Monitoring) -> None:
    (result,) = await monitoring.says(labelled("a", client="birch"))
    (client,) = (await monitoring.incident(result["incident_id"]))["audience"]["clients"]
    assert client["because"] == "Birch Ltd is named in the incident"


async def test_a_resolve_for_something_never_opened_does_nothing(monitoring: Monitoring) -> None:
    (result,) = await monitoring.says(alert(status="resolved"))
    assert (result["outcome"], result["incident_id"]) == ("ignored", None)
    assert await monitoring.all() == []


async def test_one_bad_alert_is_named_and_the_others_are_taken(monitoring: Monitoring) -> None:
    results = await monitoring.says(alert("a"), "nonsense", alert("b"))  # type: ignore[arg-type]
    assert [r["outcome"] for r in results] == ["opened", "rejected", "updated"]
    assert results[1]["detail"] == "alerts/1 is not an object."


async def test_twenty_identical_firings_at_once_are_one_incident(monitoring: Monitoring) -> None:
    results = await asyncio.gather(*[monitoring.says(alert()) for _ in range(20)])
    outcomes = [result["outcome"] for (result,) in results]
    assert sorted(outcomes) == ["deduplicated"] * 19 + ["opened"]
    assert len(await monitoring.all()) == 1
    assert await monitoring.told() == [("opened", "initial")]


async def test_a_groups_alerts_sent_at_once_share_one_incident(monitoring: Monitoring) -> None:
    await asyncio.gather(*[monitoring.says(alert(f"a{n}")) for n in range(20)])
    (incident,) = await monitoring.all()
    assert len(incident["alerts"]) == 20
    assert await monitoring.told() == [("opened", "initial"), *[("changed", None)] * 19]
    await asyncio.gather(*[monitoring.says(alert(f"a{n}", "resolved")) for n in range(20)])
    (incident,) = await monitoring.all()
    assert incident["status"] == "resolved"
    assert (await monitoring.told())[-1] == ("resolved", "resolved")


async def test_a_person_and_the_tool_at_once_lose_nothing(monitoring: Monitoring) -> None:
    """Every event has its own sequence, and what a person set stays."""
    await monitoring.says(alert())
    patch = {"severity": "sev2", "impact": "Nobody can log in."}
    await asyncio.gather(
        monitoring.api.call("PATCH", "/v1/incidents/INC-1001", patch, key="operate"),
        *[monitoring.says(alert(f"more-{n}")) for n in range(10)],
    )
    incident = await monitoring.incident("INC-1001")
    assert (incident["severity"], incident["impact"]) == ("sev2", "Nobody can log in.")
    sequences = [
        e["sequence"]
        for e in await monitoring.api.events("tocsin.incidents")
        if e["subject"] == incident["id"]
    ]
    assert sequences == list(range(1, len(sequences) + 1))
    assert incident["sequence"] == sequences[-1]


async def test_ingest_never_overwrites_what_a_person_set(monitoring: Monitoring) -> None:
    await monitoring.says(alert())
    await monitoring.api.call(
        "PATCH", "/v1/incidents/INC-1001", {"title": "Mail EU is slow"}, key="operate"
    )
    await monitoring.says(
        alert(
            labels={"severity": "info", "system": "mail-eu"}, annotations={"summary": "New words"}
        )
    )
    incident = await monitoring.incident("INC-1001")
    assert (incident["title"], incident["severity"]) == ("Mail EU is slow", "sev1")


async def test_a_header_injection_ends_as_a_space(monitoring: Monitoring) -> None:
    evil = alert(annotations={"summary": "Down\r\nBcc: all@example.com\u0000"})
    (result,) = await monitoring.says(evil)
    assert (await monitoring.incident(result["incident_id"]))[
        "title"
    ] == "Down Bcc: all@example.com"


async def test_emoji_right_to_left_and_long_text_come_out_as_they_went_in(
    monitoring: Monitoring,
) -> None:
    said = "البريد معطل 📮 דואר"
    long = "Zeile – ligne\n" * 700
    (result,) = await monitoring.says(alert(annotations={"summary": said, "description": long}))
    incident = await monitoring.incident(result["incident_id"])
    assert (incident["title"], incident["description"]) == (said, long.strip())


async def test_the_key_can_stand_in_the_address(monitoring: Monitoring) -> None:
    key = monitoring.api.keys["ingest"]
    answer = await monitoring.api.client.post(
        f"/v1/ingest/alertmanager/{key}", json=webhook(alert())
    )
    assert answer.status_code == 202
    wrong = await monitoring.api.client.post("/v1/ingest/alertmanager/wrong", json=webhook(alert()))
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("nagios-by-fax", b"{}", 404),
        ("alertmanager", b"{", 400),
        ("alertmanager", b"\xff\xff", 400),
        ("alertmanager", b"[]", 422),
        ("generic", b"7", 422),
        ("generic", b'"' + b"x" * 5_000_001 + b'"', 413),
    ],
)
async def test_what_cannot_be_taken_gets_one_clear_answer(
    monitoring: Monitoring, path: str, body: bytes, status: int
) -> None:
    headers = {"Authorization": f"Bearer {monitoring.api.keys['ingest']}"}
    answer = await monitoring.api.client.post(f"/v1/ingest/{path}", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_an_ingest_key_can_do_nothing_else(monitoring: Monitoring) -> None:
    assert (await monitoring.api.get("/v1/incidents", key="ingest")).status_code == 403
    assert (await monitoring.api.post("/v1/ingest/generic", [], key="read")).status_code == 403


async def test_a_generic_tool_acknowledges_and_resolves(monitoring: Monitoring) -> None:
    async def say(status: str) -> str:
        body = {"dedup_key": "k", "status": status, "title": "Mail", "system": "mail-eu"}
        answer = await monitoring.api.post("/v1/ingest/generic", body, key="ingest")
        outcome: str = answer.json()["results"][0]["outcome"]
        return outcome

    assert [await say(s) for s in ("firing", "acknowledged", "acknowledged", "resolved")] == [
        *("opened", "acknowledged", "deduplicated", "resolved"),
    ]
    incident = await monitoring.incident("INC-1001")
    assert incident["acknowledged_by"] == "key:ingest"


async def test_the_same_key_from_another_integration_is_another_alert(
    monitoring: Monitoring,
) -> None:
    await monitoring.says(alert())
    answer = await monitoring.api.post("/v1/ingest/alertmanager", webhook(alert()), key="admin")
    assert answer.json()["results"][0]["outcome"] == "opened"
    assert len(await monitoring.all()) == 2


async def test_an_empty_payload_is_taken_and_does_nothing(monitoring: Monitoring) -> None:
    assert await monitoring.says() == []
    assert json.dumps(await monitoring.all()) == "[]"


async def test_a_worse_alert_of_the_group_opens_its_own_and_takes_the_group_over(
    monitoring: Monitoring,
) -> None:
    def saying(name: str, severity: str) -> dict[str, Any]:
        return labelled(name, system="mail-eu", severity=severity)

    (lesser,) = await monitoring.says(saying("a", "warning"))
    (worse,) = await monitoring.says(saying("b", "critical"))
    (joined,) = await monitoring.says(saying("c", "warning"))
    assert [r["outcome"] for r in (lesser, worse, joined)] == ["opened", "opened", "updated"]
    assert joined["incident_id"] == worse["incident_id"] != lesser["incident_id"]


async def test_one_key_twice_in_a_payload_keeps_to_the_payloads_order(
    monitoring: Monitoring,
) -> None:
    results = await monitoring.says(
        labelled("a", system="mail-eu", severity="warning"),
        labelled("b", system="mail-eu", severity="critical"),
        labelled("a", system="mail-eu", severity="warning"),
    )
    assert [r["outcome"] for r in results] == ["opened", "opened", "deduplicated"]


async def test_an_idempotency_key_brings_the_first_answer_back(monitoring: Monitoring) -> None:
    async def send() -> Any:
        return await monitoring.api.post(
            "/v1/ingest/alertmanager", webhook(alert()), key="ingest", Idempotency_Key="once"
        )

    first, again = await send(), await send()
    assert first.json()["results"][0]["outcome"] == "opened"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


async def test_too_many_at_once_are_sent_away_and_told_to_come_again(
    monitoring: Monitoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, because Alertmanager repeats that and gives up on a 429."""
    monkeypatch.setattr("incident_api.sources.routes.MOST_UNDER_WAY", 0)
    answer = await monitoring.api.post("/v1/ingest/generic", [], key="ingest")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_a_large_body_without_a_good_key_is_not_even_read(monitoring: Monitoring) -> None:
    answer = await monitoring.api.client.post(
        "/v1/ingest/generic", content=b"[" * 100_000, headers={"Authorization": "Bearer wrong"}
    )
    assert answer.status_code == 401
