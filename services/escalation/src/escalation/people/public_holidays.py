"""Public holidays of a country or a part of it, from the ``holidays`` library."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
import structlog

log = structlog.get_logger()


def is_holiday(region: str, day: date) -> bool:
    """``region`` is an ISO 3166 country, with a subdivision or without: ``DE``, ``DE-BE``."""
    return day in _of_year(region, day.year)


@lru_cache(maxsize=2_000)
def _of_year(region: str, year: int) -> frozenset[date]:
    """None where the library does not know the region: nobody is spared a call by a slip."""
    country, _, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        log.error("unknown holidays", region=region)
        return frozenset()
