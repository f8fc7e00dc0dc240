"""``{timezone?, mon-fri: "08:00-18:00"}``: hours of a person or of a step, as they are written."""

from __future__ import annotations

from typing import Any

from pydantic import model_serializer, model_validator
from tocsin_contracts.model import Weekday
from tocsin_contracts.policies import Hours

from incident_api.directory.fields import Timezone
from incident_api.directory.service_hours import parse_days
from incident_api.web.models import Body


class HoursEntry(Body):
    """``timezone`` left out is the provider's."""

    timezone: Timezone | None = None
    days: dict[Weekday, tuple[str, str]]

    @model_validator(mode="before")
    @classmethod
    def _by_weekday(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        written = {name: hours for name, hours in given.items() if name != "timezone"}
        if not written:
            raise ValueError('Name at least one day, such as mon-fri: "08:00-18:00".')
        zone = {"timezone": given["timezone"]} if "timezone" in given else {}
        return {**zone, "days": parse_days(written)}

    @model_serializer
    def _written(self) -> dict[str, str]:
        zone = {} if self.timezone is None else {"timezone": self.timezone}
        return {**zone, **{day: "-".join(self.days[day]) for day in self.days}}

    def told(self, provider_zone: str) -> Hours:
        """As the other services know them: midnight is the next day's beginning."""
        days = {day: (opens, _clock(closes)) for day, (opens, closes) in self.days.items()}
        return Hours(timezone=self.timezone or provider_zone, days=days)


def _clock(closes: str) -> str:
    return "00:00" if closes == "24:00" else closes
