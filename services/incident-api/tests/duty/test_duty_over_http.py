"""Who is on duty: from a rota or a calendar, told to the services and shown to people."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.restored import republish_restored

pytestmark = pytest.mark.integration

ADDRESS = "https://calendar.example/private-1234/basic.ics"
NIGHT = ("Ann Weiss", "20261124T180000", "20261125T080000")


def people(duty: dict[str, Any]) -> list[tuple[str, str, str]]:
    spans = [(s["person"], s["starts_at"][5:16], s["ends_at"][5:16]) for s in duty["spans"]]
    return spans[:3]


async def test_a_rota_is_told_as_moments_with_the_team(staff: Any, rota: dict[str, Any]) -> None:
    staff.team["duty"] = rota
    await staff.apply()
    duty = (await staff.told())["duty"]
    assert people(duty) == [
        ("ann", "11-23T17:00", "11-24T17:00"),
        ("tom@nordlicht.example", "11-24T17:00", "11-30T07:00"),
        ("kim-l", "11-30T17:00", "12-01T17:00"),
    ]
    assert duty["known_until"] == "2026-12-29T08:52:00Z"
    assert duty["stale_since"] is None


async def test_the_directory_comes_out_as_it_went_in(staff: Any, rota: dict[str, Any]) -> None:
    rota["overrides"] = [
        {"from": "2026-12-24T18:00:00", "to": "2026-12-25T08:00:00", "person": "kim-l"},
        {"from": "2026-12-31T18:00:00+01:00", "to": "2027-01-01T08:00:00Z", "person": "ann"},
    ]
    staff.team["duty"] = rota
    staff.team["others"][0] |= {
        "working_hours": {"mon-thu": "08:00-17:00", "fri": "08:00-24:00"},
        "holidays": "DE-BE",
        "channels": ["voice", "sms"],
    }
    await staff.apply()
    for accept in ("application/json", "application/yaml"):
        exported = await staff.api.get("/v1/directory", accept=accept)
        again = await staff.api.client.put(
            "/v1/directory",
            content=exported.content,
            headers={
                "Content-Type": accept,
                "Authorization": f"Bearer {staff.api.keys['admin']}",
            },
        )
        assert again.status_code == 200, again.text
        assert again.json()["changed"] == again.json()["removed"] == []
    written = (await staff.api.get("/v1/account-teams/team-a")).json()["duty"]
    assert written == rota


async def test_working_hours_without_a_timezone_are_on_the_providers_clock(staff: Any) -> None:
    staff.team["others"][0]["working_hours"] = {"fri": "08:00-24:00"}
    await staff.apply()
    staff.document["provider"]["timezone"] = "Europe/Lisbon"
    await staff.apply()
    hours = [told["others"][0]["working_hours"] for told in await staff.news()]
    assert hours == [
        {"timezone": "Europe/Berlin", "days": {"fri": ["08:00", "00:00"]}},
        {"timezone": "Europe/Lisbon", "days": {"fri": ["08:00", "00:00"]}},
    ]
    async with staff.api.database.connection() as conn:
        from incident_api.directory.store import read_view

        read = (await read_view(conn)).teams["team-a"].others[0].working_hours
    assert read is not None
    assert read.timezone == "Europe/Lisbon"


async def test_who_is_on_duty_now_and_next_is_shown(staff: Any, rota: dict[str, Any]) -> None:
    staff.team["duty"] = rota
    await staff.apply()
    absence = {"person": "ann", "from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z"}
    await staff.api.post("/v1/absences", {**absence, "stand_in": "kim-l"}, key="operate")
    now = await staff.duty()
    assert now["on_duty"] == [
        {
            "person": "ann",
            "name": "Ann Weiss",
            "from": "2026-11-23T17:00:00Z",
            "to": "2026-11-24T17:00:00Z",
            "away": True,
            "stand_in": "kim-l",
        }
    ]
    assert [one["name"] for one in now["next"]] == ["Tom Klein"]
    office_hours = await staff.duty("?team=team-a&at=2026-11-30T12:00:00Z")
    assert office_hours["on_duty"] == []
    assert (await staff.api.get("/v1/duty?team=none")).status_code == 404


async def test_a_rota_is_told_again_when_a_week_more_is_known_and_not_before(
    staff: Any, rota: dict[str, Any]
) -> None:
    staff.team["duty"] = rota
    await staff.apply()
    for _ in range(6):
        await staff.later(days=1)
    assert len(await staff.news()) == 1
    await staff.later(days=1)
    assert [told["duty"]["known_until"][:10] for told in await staff.news()] == [
        "2026-12-29",
        "2027-01-05",
    ]


async def test_the_calendar_is_read_a_moment_after_it_is_written(staff: Any) -> None:
    staff.team["duty"] = {"calendar": ADDRESS.replace("https", "webcal")}
    staff.calendar.nights = [NIGHT]
    await staff.apply()
    assert (await staff.told())["duty"]["spans"] == []
    await staff.later(seconds=1)
    assert staff.calendar.asked == [ADDRESS]
    duty = (await staff.told())["duty"]
    assert people(duty)[:2] == [
        ("ann", "11-24T17:00", "11-25T07:00"),
        ("ann", "12-01T17:00", "12-02T07:00"),
    ]


async def test_it_is_read_every_ten_minutes_and_told_when_it_says_something_else(
    staff: Any,
) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.nights = [NIGHT]
    await staff.apply()
    for _ in range(5):
        await staff.later(minutes=10)
    assert len(staff.calendar.asked) == 5
    assert len(await staff.news()) == 2

    staff.calendar.nights = [("tom@nordlicht.example", *NIGHT[1:])]
    await staff.later(minutes=9)
    assert len(staff.calendar.asked) == 5
    await staff.later(minutes=1)
    assert people((await staff.told())["duty"])[0][0] == "tom@nordlicht.example"


async def test_a_calendar_that_cannot_be_read_keeps_what_it_said_and_is_called_stale(
    staff: Any,
) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.nights = [NIGHT]
    await staff.apply()
    await staff.later(seconds=1)
    staff.calendar.away = "it answered 404"
    await staff.later(minutes=10)
    await staff.later(minutes=10)

    fresh, stale = (await staff.news())[1:]
    assert stale["duty"] == {**fresh["duty"], "stale_since": "2026-11-24T08:52:01Z"}
    (need,) = [n for n in await needs(staff) if n["kind"] == "duty_calendar"]
    assert need["team_key"] == "team-a"
    assert (
        "it answered 404; whom it named at 24 November, 08:52 UTC is still called"
        in (need["detail"])
    )
    assert "private-1234" not in need["detail"]
    assert (await staff.duty())["failure"] == "it answered 404"

    staff.calendar.away = None
    await staff.later(minutes=10)
    assert (await staff.told())["duty"]["stale_since"] is None
    assert [n for n in await needs(staff) if n["kind"] == "duty_calendar"] == []


async def test_what_is_no_calendar_takes_nothing_away(staff: Any) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.nights = [NIGHT]
    await staff.apply()
    await staff.later(seconds=1)
    staff.calendar.raw = b"<html>Please sign in</html>"
    await staff.later(minutes=10)
    assert people((await staff.told())["duty"])[0][0] == "ann"
    assert (await staff.duty())["failure"] == "it is no calendar (iCalendar)"


async def test_a_calendar_that_was_never_read_says_so(staff: Any) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.away = "its host name cannot be found"
    await staff.apply()
    await staff.later(seconds=1)
    duty = (await staff.told())["duty"]
    assert duty["spans"] == []
    assert duty["stale_since"] == "2026-11-24T08:52:01Z"
    (need,) = [n for n in await needs(staff) if n["kind"] == "duty_calendar"]
    assert "nobody is on duty by it" in need["detail"]


async def test_another_address_starts_anew(staff: Any) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.nights = [NIGHT]
    await staff.apply()
    await staff.later(seconds=1)
    staff.team["duty"] = {"calendar": "https://calendar.example/other.ics"}
    await staff.apply()
    assert (await staff.told())["duty"]["spans"] == []
    staff.calendar.nights = [("Kim Lund", *NIGHT[1:])]
    await staff.later(seconds=1)
    assert people((await staff.told())["duty"])[0][0] == "kim-l"


async def test_what_an_older_address_said_does_not_count_for_a_newer_one(staff: Any) -> None:
    """The address is replaced in the very moment in which the older one is being read."""
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.nights = [NIGHT]
    await staff.apply()

    async def replaced() -> None:
        staff.calendar.meanwhile = None
        staff.team["duty"] = {"calendar": "https://calendar.example/other.ics"}
        await staff.apply()
        staff.calendar.nights = [("Kim Lund", *NIGHT[1:])]

    staff.calendar.meanwhile = replaced
    await staff.later(seconds=1)
    assert [one["duty"]["spans"] for one in await staff.news()][:2] == [[], []]
    assert people((await staff.told())["duty"])[0][0] == "kim-l"


async def test_two_processes_read_a_calendar_once(staff: Any) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    await staff.apply()
    looked = await asyncio.gather(staff.watch.look_at_due(), staff.watch.look_at_due())
    assert sum(looked) == 1
    assert len(staff.calendar.asked) == 1


async def test_a_name_put_right_counts_without_reading_the_calendar_again(staff: Any) -> None:
    staff.team["duty"] = {"calendar": ADDRESS}
    staff.calendar.nights = [("Anna Weiss", *NIGHT[1:])]
    await staff.apply()
    await staff.later(seconds=1)
    assert (await staff.told())["duty"]["spans"] == []
    assert (await staff.duty())["unknown_events"] == ["Anna Weiss"]
    (need,) = [n for n in await needs(staff) if n["kind"] == "duty_calendar"]
    assert 'names nobody of the team in "Anna Weiss"' in need["detail"]

    staff.team["account_manager"]["name"] = "Anna Weiss"
    await staff.apply()
    assert people((await staff.told())["duty"])[0][0] == "ann"


async def test_a_night_that_was_given_away_overrides_the_calendar(staff: Any) -> None:
    swap = {"from": "2026-11-24T18:00", "to": "2026-11-25T08:00", "person": "kim-l"}
    staff.team["duty"] = {"calendar": ADDRESS, "overrides": [swap]}
    staff.calendar.nights = [NIGHT]
    await staff.apply()
    await staff.later(seconds=1)
    assert [who for who, _, _ in people((await staff.told())["duty"])] == ["kim-l", "ann", "ann"]


async def test_without_a_duty_nothing_is_kept_of_it(staff: Any, rota: dict[str, Any]) -> None:
    staff.team["duty"] = rota
    await staff.apply()
    del staff.team["duty"]
    await staff.apply()
    assert (await staff.told())["duty"] is None
    assert await staff.api.database.pool.fetchval("SELECT count(*) FROM team_duty") == 0
    await staff.later(days=8)
    assert len(await staff.news()) == 2


async def test_after_a_restore_absences_and_duties_are_told_anew(
    staff: Any, rota: dict[str, Any]
) -> None:
    staff.team["duty"] = rota
    await staff.apply()
    before = await staff.told()
    writer: DirectoryWriter = staff.api.app.state.directory_writer
    async with staff.api.database.transaction() as conn:
        assert await republish_restored(conn, writer, 2)
    assert await staff.told() == before
    assert len(await staff.news()) == 2


async def test_a_feed_holds_names_and_moments(staff: Any, rota: dict[str, Any]) -> None:
    staff.team["duty"] = rota
    await staff.apply()
    answer = await staff.api.get("/v1/account-teams/team-a/duty.ics", key="read")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events: list[Any] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events][:2] == [
        "On duty: Ann Weiss",
        "On duty: Tom Klein",
    ]
    assert events[0].start == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert events[0].duration == timedelta(days=1)
    assert "@nordlicht" not in answer.text


async def test_its_secret_address_works_without_a_key_until_it_ends(
    staff: Any, rota: dict[str, Any]
) -> None:
    staff.team["duty"] = rota
    await staff.apply()

    async def made() -> str:
        answer = await staff.api.post("/v1/account-teams/team-a/duty-feed")
        assert answer.status_code == 201, answer.text
        url: str = answer.json()["url"]
        assert url.startswith("http://tocsin.test/duty/")
        return url.removeprefix("http://tocsin.test")

    async def status(path: str) -> int:
        found: int = (await staff.api.client.get(path)).status_code
        return found

    first = await made()
    assert await status(first) == 200
    secret = first.split("/")[-1].removesuffix(".ics")
    rows = await staff.api.database.pool.fetch("SELECT * FROM duty_feeds")
    assert secret not in str([dict(row) for row in rows])

    second = await made()
    assert [await status(first), await status(second)] == [404, 200]
    assert (await staff.api.delete("/v1/account-teams/team-a/duty-feed")).status_code == 204
    assert await status(second) == 404
    assert (await staff.api.delete("/v1/account-teams/team-a/duty-feed")).status_code == 404
    assert await status("/duty/x.ics") == 404


async def needs(staff: Any) -> list[dict[str, Any]]:
    answer = await staff.api.get("/v1/needs-attention", key="read")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
