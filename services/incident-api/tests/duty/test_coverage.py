"""Holes in a rota, and hours with several people: said, not refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from incident_api.directory.entries import TeamEntry
from incident_api.duty.advice import unreachable_people
from incident_api.duty.coverage import rota_findings

NOW = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
NOWHERE = "It may be meant; nothing is changed."


def team(*shifts: tuple[str, str, str], **fields: Any) -> TeamEntry:
    people = [
        {"key": "ann", "name": "Ann Weiss", "email": "ann@nordlicht.example"},
        {"key": "tom", "name": "Tom Klein", "phone": "+49 30 23125 145"},
    ]
    written = [{"from": begin, "to": end, "people": [who]} for begin, end, who in shifts]
    duty = {"starting": "2026-11-23", "shifts": written}
    return TeamEntry.model_validate({"key": "a", "others": people, "duty": duty, **fields})


def findings(found: TeamEntry) -> list[str]:
    return rota_findings(found, "Europe/Berlin", NOW)


def test_a_rota_round_the_clock_is_not_spoken_of() -> None:
    assert findings(team(("mon 09:00", "mon 09:00", "ann"))) == []


def test_a_hole_of_every_week_is_told_once_on_the_rotas_clock() -> None:
    nights = team(("mon 18:00", "fri 08:00", "ann"), ("fri 08:00", "mon 08:00", "tom"))
    assert findings(nights) == [f"The rota of 'a' has nobody on duty: Mon 08:00–18:00. {NOWHERE}"]


def test_several_at_once_are_named() -> None:
    both = team(("mon 09:00", "mon 09:00", "ann"), ("sat 22:00", "sun 06:00", "tom"))
    assert findings(both) == [
        "The rota of 'a' has several people on duty at once: Sat 22:00–Sun 06:00"
        f" (Ann Weiss, Tom Klein). {NOWHERE}"
    ]


def test_many_holes_are_counted() -> None:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    (found,) = findings(team(*((f"{day} 08:00", f"{day} 18:00", "ann") for day in days)))
    assert "and 2 more" in found


def test_a_team_with_a_calendar_or_none_has_no_rota_to_speak_of() -> None:
    assert findings(team(duty=None)) == []
    assert findings(team(duty={"calendar": "https://calendar.example/x.ics"})) == []


def test_who_has_no_address_is_named() -> None:
    silent = team(deputy={"key": "pat", "name": "Pat Roth"}, duty=None)
    (note,) = unreachable_people(silent)
    assert note.startswith("Pat Roth ('pat' of 'a') has no address")


@pytest.mark.integration
async def test_it_is_said_when_the_rota_is_written_and_not_again(
    staff: Any, rota: dict[str, Any]
) -> None:
    staff.team["duty"] = rota
    assert any("nobody on duty: Mon 08:00–18:00" in note for note in (await staff.apply())["notes"])
    assert not any("nobody on duty" in note for note in (await staff.apply())["notes"])
