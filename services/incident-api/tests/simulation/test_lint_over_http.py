"""Gaps are found before an outage: those that escalation sees, and those of addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from incident_api.testing import Api
from tocsin_contracts.simulation import LintAnswer, LintFinding

pytestmark = pytest.mark.integration

Document = dict[str, Any]


async def findings(api: Api, document: Document, **body: Any) -> list[dict[str, Any]]:
    applied = await api.put("/v1/directory", document)
    assert applied.status_code == 200, applied.text
    answer = await api.post("/v1/lint", body, key="read")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["findings"]
    return found


def with_phone(document: Document) -> Document:
    [team] = document["account_teams"]
    team["deputy"]["phone"] = "+49 30 23125 101"
    return document


async def test_whoever_has_no_address_for_any_of_a_steps_channels(
    api: Api, directory_document: Document
) -> None:
    [finding] = await findings(api, directory_document)

    assert finding["problem"] == "no-reachable-channel"
    assert (finding["policy"], finding["step"]) == ("critical", 1)
    assert finding["detail"].startswith("Tom Klein cannot be reached by voice or sms, so step 2")
    assert await findings(api, with_phone(directory_document)) == []


async def test_an_address_that_may_not_be_written_to_is_none(
    api: Api, directory_document: Document
) -> None:
    await suppress(api, "", "ann", "email")
    [finding] = await findings(api, with_phone(directory_document))
    assert finding["detail"].startswith("Ann Weiss cannot be reached by email")


async def suppress(api: Api, client: str, person: str, channel: str) -> None:
    whom = [{"client_key": client or None, "person": person, "name": "x"}]
    await api.database.pool.execute(
        "INSERT INTO suppressions (id, channel, cause, detail, people, since)"
        " VALUES ('s1', $1, 'hard_bounce', 'it bounced', $2, $3)",
        channel,
        whom,
        api.clock.now() - timedelta(days=1),
    )


async def test_each_on_the_channels_that_they_prefer(
    api: Api, directory_document: Document
) -> None:
    document = with_phone(directory_document)
    [team], [policy] = document["account_teams"], document["escalation_policies"]
    for step in policy["steps"]:
        step["channels"] = "personal"
    assert await findings(api, document) == []

    team["account_manager"]["channels"] = ["slack"]
    [finding] = await findings(api, document)
    assert finding["detail"].startswith("Ann Weiss cannot be reached by slack, so step 1")


async def test_a_clients_own_people_too(api: Api, directory_document: Document) -> None:
    document = with_phone(directory_document)
    document["escalation_policies"].append(
        {
            "key": "acmes",
            "chain": "client",
            "steps": [{"trigger": {"unconfirmed": True}, "notify": ["ceo"], "channels": ["voice"]}],
        }
    )
    document["clients"][0]["confirmation_policy"] = "acmes"
    [finding] = await findings(api, document)
    assert (finding["client"], finding["policy"]) == ("acme", "acmes")
    assert finding["detail"].startswith("Kim Lee at 'acme' cannot be reached by voice")


async def test_a_step_for_others_is_none_of_theirs(api: Api, directory_document: Document) -> None:
    [policy] = directory_document["escalation_policies"]
    policy["steps"][1]["client_tags"] = ["gold"]
    assert await findings(api, directory_document) == []


async def test_policies_are_tried_before_they_are_saved(
    api: Api, directory_document: Document
) -> None:
    step = {"trigger": {"unresolved": True}, "notify": ["account_manager"], "channels": ["teams"]}
    tried = [{"key": "critical", "steps": [step]}]
    found = await findings(api, with_phone(directory_document), escalation_policies=tried, days=7)

    assert [one["step"] for one in found] == [0]
    [question] = api.escalation.asked
    assert question.until - question.since == timedelta(days=7)
    assert [one.key for one in question.policies] == ["critical"]


async def test_what_escalation_finds_is_told_with_its_hours(
    api: Api, directory_document: Document
) -> None:
    night = (datetime(2026, 11, 28, 20, tzinfo=UTC), datetime(2026, 11, 29, 7, tzinfo=UTC))
    api.escalation.found = LintAnswer(
        findings=(
            LintFinding(problem="team_unused", detail="No client has it.", team="team-b"),
            LintFinding(
                problem="nobody_there",
                detail="Nobody is there.",
                policy="critical",
                step=0,
                spans=(night,),
            ),
        )
    )
    found = await findings(api, with_phone(directory_document))
    assert found == [
        {
            "problem": "nobody_there",
            "detail": "Nobody is there.",
            "policy": "critical",
            "step": 0,
            "spans": [{"from": "2026-11-28T20:00:00Z", "to": "2026-11-29T07:00:00Z"}],
        },
        {"problem": "team_unused", "detail": "No client has it.", "team": "team-b"},
    ]


async def test_a_rota_that_leaves_hours_out_is_told(api: Api, directory_document: Document) -> None:
    document = with_phone(directory_document)
    [team] = document["account_teams"]
    shift = {"from": "mon 08:00", "to": "fri 18:00", "people": ["ann"]}
    team["duty"] = {"starting": "2026-11-23", "shifts": [shift]}
    [finding] = await findings(api, document)
    assert (finding["problem"], finding["team"]) == ("rota-uneven", "team-a")
    assert "nobody on duty" in finding["detail"]


async def test_days_are_bounded(api: Api) -> None:
    answer = await api.post("/v1/lint", {"days": 400})
    assert answer.json()["errors"][0]["pointer"] == "/days"
