"""Somebody is away: written by whoever finds out, told to the services, its reason to nobody."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration

AWAY = {
    "person": "ann",
    "from": "2026-11-25T00:00:00+01:00",
    "to": "2026-12-01T00:00:00+01:00",
    "stand_in": "kim-l",
    "reason": "an operation",
}


async def away(staff: Any, **fields: Any) -> dict[str, Any]:
    answer = await staff.api.post("/v1/absences", {**AWAY, **fields}, key="operate")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_absence_is_told_with_the_team_and_without_its_reason(staff: Any) -> None:
    before = (await staff.apply())["revision"]
    created = await away(staff)

    events = (await staff.api.events())[-3:]
    assert [event["type"].split(".")[1:3] for event in events] == [
        ["team", "changed"],
        ["directory", "revision_completed"],
        ["directory", "revision_completed"],
    ]
    assert {event["data"]["revision"] for event in events} == {before + 1}
    assert (await staff.told())["absences"] == [
        {
            "person": "ann",
            "starts_at": "2026-11-24T23:00:00Z",
            "ends_at": "2026-11-30T23:00:00Z",
            "stand_in": "kim-l",
        }
    ]
    assert "an operation" not in str(await staff.api.events())
    assert created["reason"] == "an operation"


async def test_it_can_be_moved_and_taken_back(staff: Any) -> None:
    await staff.apply()
    path = f"/v1/absences/{(await away(staff))['id']}"

    moved = await staff.api.call(
        "PATCH", path, {"to": "2026-12-05T00:00:00+01:00", "stand_in": None}, key="operate"
    )
    assert moved.status_code == 200, moved.text
    (told,) = (await staff.told())["absences"]
    assert (told["ends_at"], told["stand_in"]) == ("2026-12-04T23:00:00Z", None)
    assert (await staff.api.get(path, key="read")).json()["reason"] == "an operation"

    assert (await staff.api.delete(path, key="operate")).status_code == 204
    assert (await staff.told())["absences"] == []
    assert (await staff.api.get(path, key="read")).status_code == 404


async def test_a_change_on_an_older_state_is_refused(staff: Any) -> None:
    await staff.apply()
    path = f"/v1/absences/{(await away(staff))['id']}"
    tag = (await staff.api.get(path)).headers["etag"]
    change = {"to": "2026-12-05T00:00:00Z"}
    assert (await staff.api.call("PATCH", path, change, If_Match=tag)).status_code == 200
    assert (await staff.api.call("PATCH", path, change, If_Match=tag)).status_code == 412
    assert (await staff.api.call("DELETE", path, If_Match=tag)).status_code == 412


async def test_every_team_with_that_person_hears_of_it_and_no_other(staff: Any) -> None:
    staff.document["account_teams"] += [
        {"key": "team-b", "director": dict(staff.team["account_manager"])},
        {"key": "team-c", "deputy": {"key": "pat", "name": "Pat Roth"}},
    ]
    await staff.apply()
    await away(staff)
    assert (await staff.told("team-b"))["absences"][0]["person"] == "ann"
    assert len(await staff.news("team-c")) == 1


async def test_a_stand_in_of_another_team_is_told_with_it_and_whoever_stands_in_for_them(
    staff: Any,
) -> None:
    pat = {"key": "pat", "name": "Pat Roth", "channels": ["voice"]}
    staff.document["account_teams"].append(
        {"key": "team-c", "deputy": pat, "others": [{"key": "lee", "name": "Lee Ott"}]}
    )
    await staff.apply()
    await away(staff, stand_in="pat")
    await away(staff, person="pat", stand_in="lee")
    told = await staff.told()
    assert [one["key"] for one in told["others"]] == ["kim-l", "pat", "lee"]
    assert told["others"][1]["channels"] == ["voice"]
    assert [(one["person"], one["stand_in"]) for one in told["absences"]] == [
        ("ann", "pat"),
        ("pat", "lee"),
    ]

    pat["name"] = "Pat Roth-Ott"
    await staff.apply()
    assert (await staff.told())["others"][1]["name"] == "Pat Roth-Ott"


async def test_a_stand_in_who_has_left_stands_in_no_more(staff: Any) -> None:
    staff.document["account_teams"].append(
        {"key": "team-c", "deputy": {"key": "pat", "name": "Pat Roth"}}
    )
    await staff.apply()
    await away(staff, stand_in="pat")
    staff.document["account_teams"].pop()
    answer = await staff.api.put("/v1/directory?allow_removals=true", staff.document)
    assert answer.status_code == 200, answer.text
    told = await staff.told()
    assert told["absences"][0]["stand_in"] is None
    assert [one["key"] for one in told["others"]] == ["kim-l"]


async def test_an_absence_makes_no_entry_and_no_document_another_version(staff: Any) -> None:
    """Whoever is writing the directory meanwhile is not refused for it."""
    await staff.apply()
    tags = [
        (await staff.api.get(path)).headers["etag"]
        for path in ("/v1/directory", "/v1/account-teams/team-a")
    ]
    await away(staff)
    assert tags == [
        (await staff.api.get(path)).headers["etag"]
        for path in ("/v1/directory", "/v1/account-teams/team-a")
    ]
    again = await staff.api.put("/v1/directory", staff.document, If_Match=tags[0])
    assert again.status_code == 200, again.text
    assert again.json()["changed"] == []
    assert again.headers["etag"] == tags[0]


async def test_every_process_reads_it_the_same_whether_it_saw_the_change_or_not(
    staff: Any,
) -> None:
    from incident_api.directory import store

    await staff.apply()
    await away(staff)
    async with staff.api.database.connection() as conn:
        warm = (await store.read_view(conn)).teams
        store._newest.clear()
        assert (await store.read_view(conn)).teams == warm
    assert warm["team-a"].absences[0].person == "ann"


@pytest.mark.parametrize(
    ("wrong", "pointer", "says"),
    [
        ({"person": "bob"}, "/person", "in no account team"),
        ({"stand_in": "bob"}, "/stand_in", "in no account team"),
        ({"stand_in": "ann"}, "/stand_in", "cannot stand in"),
        ({"to": "2026-11-25T00:00:00+01:00"}, "/to", "later than 'from'"),
        ({"to": "2026-11-26T00:00:00"}, "/to", ""),
        ({"to": None}, "/to", ""),
        ({"reason": "x" * 501}, "/reason", ""),
        ({"person": "a\x00b"}, "/person", "in no account team"),
        ({"until": "2026-12-01"}, "/until", ""),
    ],
)
async def test_a_wrong_absence_is_refused_with_its_place(
    staff: Any, wrong: dict[str, Any], pointer: str, says: str
) -> None:
    await staff.apply()
    before = len(await staff.api.events())
    answer = await staff.api.post("/v1/absences", {**AWAY, **wrong}, key="operate")
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert says in error["detail"]
    assert len(await staff.api.events()) == before


async def test_nobody_is_away_twice_at_once(staff: Any) -> None:
    await staff.apply()
    first = await away(staff)
    await away(staff, **{"from": AWAY["to"], "to": "2026-12-05T00:00:00+01:00"})
    answer = await staff.api.post("/v1/absences", AWAY, key="operate")
    assert answer.status_code == 409
    assert f"PATCH /v1/absences/{first['id']}" in answer.json()["detail"]


async def test_absences_are_listed_by_person_team_and_moment(staff: Any) -> None:
    staff.document["account_teams"].append(
        {"key": "team-c", "deputy": {"key": "pat", "name": "Pat Roth"}}
    )
    await staff.apply()
    await away(staff)
    await away(staff, person="pat", stand_in=None, **{"from": "2026-11-29T00:00:00Z"})

    async def listed(query: str) -> list[str]:
        answer = await staff.api.get(f"/v1/absences{query}", key="read")
        assert answer.status_code == 200, answer.text
        return [one["person"] for one in answer.json()["items"]]

    assert await listed("") == ["pat", "ann"]
    assert await listed("?person=ann") == ["ann"]
    assert await listed("?team=team-c") == ["pat"]
    assert await listed("?team=team-c&person=ann") == []
    assert await listed("?at=2026-11-28T00:00:00Z") == ["ann"]
    assert (await staff.api.get("/v1/absences?team=none")).status_code == 404
    assert (await staff.api.get("/v1/absences?person=%00")).status_code in (200, 422)


async def test_reading_is_not_enough_to_write_one(staff: Any) -> None:
    await staff.apply()
    assert (await staff.api.post("/v1/absences", AWAY, key="read")).status_code == 403
