"""A provider whose team has a rota or a calendar, and the part of the service that watches it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from incident_api.duty.fetching import Unreachable
from incident_api.duty.watching import DutyWatch
from incident_api.testing import Api

ADDRESS = "https://calendar.example/private-1234/basic.ics"
ANN = {"key": "ann", "name": "Ann Weiss", "email": "ann@nordlicht.example"}
TOM = {"name": "Tom Klein", "email": "tom@nordlicht.example"}
KIM = {"key": "kim-l", "name": "Kim Lund", "phone": "+49 30 23125 144"}


@dataclass
class PlayedCalendar:
    """What is at the address: events in Berlin's time, or why it cannot be reached."""

    nights: list[tuple[str, str, str]] = field(default_factory=list)
    raw: bytes | None = None
    away: str | None = None
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        said = self._calendar() if self.raw is None else self.raw
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.away is not None:
            raise Unreachable(self.away)
        return said

    def _calendar(self) -> bytes:
        events = "".join(
            f"BEGIN:VEVENT\r\nUID:{title}{start}\r\nSUMMARY:{title}\r\n"
            f"DTSTART;TZID=Europe/Berlin:{start}\r\nDTEND;TZID=Europe/Berlin:{end}\r\n"
            "RRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"
            for title, start, end in self.nights
        )
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class Staff:
    """The directory's team, and what of it is told."""

    api: Api
    document: dict[str, Any]
    calendar: PlayedCalendar
    watch: DutyWatch

    @property
    def team(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["account_teams"][0]
        return found

    async def apply(self) -> dict[str, Any]:
        answer = await self.api.put("/v1/directory", self.document)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def told(self, team: str = "team-a") -> dict[str, Any]:
        """The team as it was last published."""
        return (await self.news(team))[-1]

    async def news(self, team: str = "team-a") -> list[dict[str, Any]]:
        events = await self.api.events("tocsin.directory")
        return [e["data"]["document"] for e in events if e["subject"] == f"team:{team}"]

    async def duty(self, query: str = "") -> dict[str, Any]:
        answer = await self.api.get(f"/v1/duty{query}", key="read")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["items"][0]
        return found

    async def later(self, **amount: float) -> None:
        """Time passes, and what is due is looked at."""
        self.api.clock.advance(**amount)
        await self.watch.look_at_due()


@pytest_asyncio.fixture
async def staff(api: Api, directory_document: dict[str, Any]) -> Staff:
    """Ann manages the account, Tom is her deputy, Kim holds no role. Tuesday, 09:52 in Berlin."""
    directory_document["account_teams"][0] = {
        "key": "team-a",
        "account_manager": dict(ANN),
        "deputy": dict(TOM),
        "others": [dict(KIM)],
    }
    calendar = PlayedCalendar()
    watch = DutyWatch(
        database=api.database,
        writer=api.app.state.directory_writer,
        clock=api.clock,
        fetch=calendar,
        refresh=timedelta(minutes=10),
    )
    return Staff(api, directory_document, calendar, watch)


@pytest.fixture
def rota() -> dict[str, Any]:
    """Weekday nights and the weekend; nobody in office hours."""
    return {
        "starting": "2026-11-23",
        "shifts": [
            {"from": "mon 18:00", "to": "tue 18:00", "people": ["ann", "kim-l"]},
            {"from": "tue 18:00", "to": "mon 08:00", "people": ["tom@nordlicht.example"]},
        ],
    }
