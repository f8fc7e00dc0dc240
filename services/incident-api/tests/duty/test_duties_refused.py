"""What is wrong with a team's people, hours or duty is said with its place, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration

SHIFT = {"from": "mon 18:00", "to": "tue 08:00", "people": ["ann"]}
ROTA = {"starting": "2026-11-23", "shifts": [SHIFT]}
OVERRIDE = {"from": "2026-12-24T18:00", "to": "2026-12-25T08:00", "person": "ann"}
DUTY = "/account_teams/0/duty"
KIM = "/account_teams/0/others/0"


@pytest.mark.parametrize(
    ("duty", "pointer", "says"),
    [
        ({}, DUTY, "Give either 'calendar'"),
        ({**ROTA, "calendar": "https://c.example/x.ics"}, DUTY, "Give either 'calendar'"),
        ({"shifts": [SHIFT]}, DUTY, "'starting'"),
        ({"calendar": "https://c.example/x.ics", "starting": "2026-11-23"}, DUTY, "'starting'"),
        ({"calendar": "ftp://c.example/x.ics"}, f"{DUTY}/calendar", "whole address"),
        ({"calendar": "https://me:pw@c.example/x"}, f"{DUTY}/calendar", "password"),
        ({"calendar": ""}, f"{DUTY}/calendar", "whole address"),
        ({**ROTA, "timezone": "Berlin"}, f"{DUTY}/timezone", "no timezone"),
        ({**ROTA, "starting": "next week"}, f"{DUTY}/starting", ""),
        ({**ROTA, "starting": "0001-01-01"}, f"{DUTY}/starting", "1990"),
        ({**ROTA, "shifts": []}, f"{DUTY}/shifts", ""),
        ({**ROTA, "shifts": [{**SHIFT, "from": "18:00"}]}, f"{DUTY}/shifts/0/from", "weekday"),
        ({**ROTA, "shifts": [{**SHIFT, "to": "tue 25:00"}]}, f"{DUTY}/shifts/0/to", "weekday"),
        ({**ROTA, "shifts": [{**SHIFT, "people": []}]}, f"{DUTY}/shifts/0/people", ""),
        (
            {**ROTA, "shifts": [{**SHIFT, "people": ["ann", "bob"]}]},
            f"{DUTY}/shifts/0/people/1",
            "add them to 'others'",
        ),
        ({**ROTA, "overrides": [{**OVERRIDE, "person": "bob"}]}, f"{DUTY}/overrides/0/person", ""),
        (
            {**ROTA, "overrides": [{**OVERRIDE, "to": OVERRIDE["from"]}]},
            f"{DUTY}/overrides/0",
            "later than 'from'",
        ),
        (
            {**ROTA, "overrides": [{**OVERRIDE, "to": "2026-12-25T08:00:00Z"}]},
            f"{DUTY}/overrides/0",
            "both with an offset",
        ),
        (
            {**ROTA, "overrides": [{**OVERRIDE, "from": "9999-12-31T00:00"}]},
            f"{DUTY}/overrides/0/from",
            "1990",
        ),
    ],
)
async def test_a_wrong_duty_is_refused_with_its_place(
    staff: Any, duty: dict[str, Any], pointer: str, says: str
) -> None:
    staff.team["duty"] = duty
    await refused(staff, pointer, says)


@pytest.mark.parametrize(
    ("kim", "pointer", "says"),
    [
        ({"holidays": "XX"}, f"{KIM}/holidays", "'XX' is no country whose holidays we know"),
        ({"holidays": "DE-XX"}, f"{KIM}/holidays", "'XX' is no part of 'DE'"),
        ({"holidays": "de"}, f"{KIM}/holidays", "write one such as DE or DE-BE"),
        ({"working_hours": {}}, f"{KIM}/working_hours", "at least one"),
        ({"working_hours": {"mon": "8-17"}}, f"{KIM}/working_hours", "no span of hours"),
        ({"working_hours": {"timezone": "x", "mon": "08:00-17:00"}}, None, "no timezone"),
        ({"channels": ["pigeon"]}, f"{KIM}/channels/0", ""),
        ({"key": "noc"}, f"{KIM}/key", "the provider's own desk"),
    ],
)
async def test_wrong_details_of_a_person_are_refused_with_their_place(
    staff: Any, kim: dict[str, Any], pointer: str | None, says: str
) -> None:
    staff.team["others"][0] |= kim
    await refused(staff, pointer or f"{KIM}/working_hours/timezone", says)


async def test_nobody_is_among_the_others_twice(staff: Any) -> None:
    staff.team["others"].append(dict(staff.team["others"][0]))
    await refused(staff, "/account_teams/0/others/1", "there twice")


async def test_one_person_has_the_same_hours_in_every_team(staff: Any) -> None:
    other = {**staff.team["others"][0], "holidays": "DE"}
    staff.document["account_teams"].append({"key": "team-b", "deputy": other})
    await refused(staff, "/account_teams/1/deputy", "twice with different details")


async def test_a_team_put_alone_settles_its_people_in_every_team(staff: Any) -> None:
    """And a secret address behind its mask stays what it was."""
    staff.team["others"][0]["teams"] = "https://nordlicht.example/hook/s3cret"
    staff.document["account_teams"].append({"key": "team-b", "deputy": staff.team["others"][0]})
    await staff.apply()
    team = (await staff.api.get("/v1/account-teams/team-a")).json()
    assert "s3cret" not in str(team)
    team["others"][0]["channels"] = ["voice"]
    answer = await staff.api.put("/v1/account-teams/team-a", team)
    assert answer.status_code == 200, answer.text
    assert (await staff.told("team-b"))["members"]["deputy"]["channels"] == ["voice"]
    contacts = [
        event["data"]
        for event in await staff.api.events("tocsin.contacts")
        if event["subject"] == "-/kim-l"
    ]
    assert staff.api.opened(contacts[-1]["addresses"]["sealed"]["teams"]).endswith("/s3cret")


async def refused(staff: Any, pointer: str, says: str) -> None:
    before = len(await staff.api.events())
    answer = await staff.api.put("/v1/directory", staff.document)
    assert answer.status_code == 422, answer.text
    errors = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert pointer in errors, errors
    assert says in errors[pointer]
    assert len(await staff.api.events()) == before
