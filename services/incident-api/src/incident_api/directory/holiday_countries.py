"""Whose public holidays are known: ``DE``, or ``DE-BE`` where a part has its own (ISO 3166)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import holidays


@cache
def _known() -> Mapping[str, frozenset[str]]:
    found = holidays.list_supported_countries(include_aliases=True)
    return {country: frozenset(parts) for country, parts in found.items()}


def checked_country(code: str) -> str:
    country, dash, part = code.partition("-")
    parts = _known().get(country)
    if parts is None:
        raise ValueError(
            f"'{country}' is no country whose holidays we know; write one such as DE or DE-BE."
        )
    if dash and part not in parts:
        raise ValueError(_no_part(country, part, parts))
    return code


def _no_part(country: str, part: str, parts: frozenset[str]) -> str:
    if not parts:
        return f"No part of '{country}' has holidays of its own; write {country} alone."
    some = ", ".join(sorted(parts)[:20])
    return f"'{part}' is no part of '{country}' whose holidays we know; it has {some}."
