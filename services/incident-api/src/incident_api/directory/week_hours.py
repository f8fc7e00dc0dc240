"""Hours of a week on one clock, as people write them: ``{mon-fri: "08:00-18:00"}``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_serializer, model_validator
from tocsin_contracts.model import Weekday
from tocsin_contracts.policies import Hours

from incident_api.directory.fields import Timezone
from incident_api.directory.service_hours import parse_days
from incident_api.web.models import Body


class HoursEntry(Body):
    """``timezone`` left out is the provider's."""

    timezone: Timezone | None = None
    days: Annotated[dict[Weekday, tuple[str, str]], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _by_weekday(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        written = {name: hours for name, hours in given.items() if name != "timezone"}
        if not written:
            raise ValueError('Name at least one weekday, such as mon-fri: "08:00-18:00".')
        zone = {"timezone": given["timezone"]} if "timezone" in given else {}
        return {**zone, "days": parse_days(written)}

    @model_serializer
    def _written(self) -> dict[str, str]:
        zone = {} if self.timezone is None else {"timezone": self.timezone}
        return {**zone, **{day: "-".join(self.days[day]) for day in self.days}}


def hours_document(entry: HoursEntry, timezone: str) -> Hours:
    """``timezone`` is the provider's. Midnight at the end of a day is the next one's beginning."""
    days = {
        day: (opens, "00:00" if closes == "24:00" else closes)
        for day, (opens, closes) in entry.days.items()
    }
    return Hours(timezone=entry.timezone or timezone, days=days)
