"""A calendar month by a client's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"([2-9]\d{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    year: int
    number: int

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def begins(self, zone: ZoneInfo) -> datetime:
        local = datetime(self.year, self.number, 1, tzinfo=zone)
        return local.astimezone(UTC)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first moment that is not in it any more."""
        return self.next.begins(zone)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def read_month(text: str) -> Month | None:
    """``2026-11``; ``None`` for anything else."""
    found = _WRITTEN.fullmatch(text)
    if found is None or text.startswith("9999"):
        return None
    return Month(int(found[1]), int(found[2]))


def month_of(moment: datetime, zone: ZoneInfo) -> Month:
    local = moment.astimezone(zone)
    return Month(local.year, local.month)
