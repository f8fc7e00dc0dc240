"""Before an outage: who would hear nothing, and why."""

from __future__ import annotations

from typing import Any

from incident_api.testing import Api

Document = dict[str, Any]


async def _gaps(api: Api, query: str) -> list[dict[str, Any]]:
    answer = await api.get(f"/v1/readiness?{query}", key="read")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def _problems(item: dict[str, Any]) -> set[tuple[str, str | None]]:
    return {(g["problem"], g.get("contact") or g.get("role")) for g in item["gaps"]}


async def test_each_reason_is_said_with_its_way_out(api: Api, directory_document: Document) -> None:
    gold = directory_document["communication_plans"][0]["severities"]["sev1"]
    gold["notify"] = [{"roles": ["it_lead", "ceo", "cfo"], "channels": ["email", "sms"]}]
    kim = directory_document["clients"][0]["contacts"][1]
    kim["preferences"] = {"severity_at_least": "sev1", "channels": ["email"]}
    await api.put("/v1/directory", directory_document)

    [item] = await _gaps(api, "client=acme&severity=sev1")

    assert item["people_reached"] == 2
    assert not item["silent"]
    assert _problems(item) == {
        ("no_contact", "cfo"),
        ("no_address", "kim"),  # no phone for the SMS
        ("team_without_phone", "account_manager"),
        ("team_without_phone", "deputy"),
    }
    assert "Nobody at ACME GmbH holds the role 'cfo'; give it to a contact." in [
        gap["detail"] for gap in item["gaps"]
    ]


async def test_a_client_that_would_hear_nothing_at_all_is_called_silent(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)  # Birch has no contacts and no team

    items = await _gaps(api, "client=birch")

    assert all(item["silent"] for item in items)
    assert ("no_team", None) in _problems(items[0])


async def test_where_the_default_stands_in_for_a_severity(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)

    [item] = await _gaps(api, "client=acme&severity=sev3")

    assert ("default_stands_in", None) in _problems(item)


async def test_a_system_with_a_plan_of_its_own_is_looked_at_too(
    api: Api, directory_document: Document
) -> None:
    plan = directory_document["communication_plans"][0]
    silent = {**plan, "key": "platinum", "severities": {"sev1": {**plan["severities"]["sev1"]}}}
    silent["severities"]["sev1"]["notify"] = []
    directory_document["communication_plans"].append(silent)
    directory_document["clients"][0]["systems"][0]["communication_plan"] = "platinum"
    await api.put("/v1/directory", directory_document)

    gold, platinum = await _gaps(api, "client=acme&severity=sev1")

    assert (gold["plan_key"], gold["silent"]) == ("gold", False)
    assert (platinum["plan_key"], platinum["silent"]) == ("platinum", True)
    assert "nobody_named" in {gap["problem"] for gap in platinum["gaps"]}


async def test_what_is_ready_is_shown_when_asked_for(
    api: Api, directory_document: Document
) -> None:
    team = directory_document["account_teams"][0]
    for member in (team["account_manager"], team["deputy"]):
        member["phone"] = "+49 30 23125 143"
    gold = directory_document["communication_plans"][0]["severities"]["sev1"]
    gold["notify"] = [{"roles": ["it_lead"], "channels": ["email"]}]
    await api.put("/v1/directory", directory_document)

    assert await _gaps(api, "client=acme&severity=sev1") == []
    [item] = await _gaps(api, "client=acme&severity=sev1&all=true")
    assert item["gaps"] == []


async def test_it_comes_in_pages(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)
    seen: list[tuple[str, str]] = []
    cursor = ""
    while True:
        answer = (await api.get(f"/v1/readiness?all=true&limit=3{cursor}", key="read")).json()
        seen += [(item["client_key"], item["severity"]) for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"

    assert seen == [(c, f"sev{n}") for c in ("acme", "birch") for n in range(1, 6)]
