"""Who could not be called, in the reader's language.

Escalation says it in English, a clause each, of a closed list of patterns (its
``people/clauses.py``). What is none of them is quoted as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dispatcher.rendering.marks import role_words
from dispatcher.rendering.reading import Reading

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?"
_WHEN = rf"\d\d:\d\d(?: on {_DAY})?|{_DAY}"
_PATTERNS = {
    "away": rf"(?P<name>.+) is away until (?P<when>{_WHEN})",
    "holiday": rf"(?P<when>{_DAY}) is a public holiday for (?P<name>.+)",
    "outside_hours": r"it is outside (?P<name>.+)'s working hours",
    "nobody_on_duty": r"nobody is on duty",
    "duty_known_until": rf"who is on duty is known only until (?P<when>{_WHEN})",
    "calendar_read": rf"the duty calendar was last read at (?P<when>{_WHEN})",
    "nobody_stands_in": r"nobody stands in",
    "no_role": r"the account team names no (?P<role>.+)",
    "no_team": r"(?P<name>.+) has no account team",
    "no_contact": r"nobody at (?P<name>.+) holds the role '(?P<role>.+)'",
}
_KNOWN = {key: re.compile(pattern) for key, pattern in _PATTERNS.items()}
_MOMENT = re.compile(
    r"(?:(?P<hour>\d\d):(?P<minute>\d\d))?(?: on )?"
    r"(?:(?P<day>\d{1,2}) (?P<month>\w+)(?: (?P<year>\d{4}))?)?"
)
_APART = re.compile(r",? and (?=it is |nobody |the |who )|, ")


def in_words(clause: str, reading: Reading) -> str:
    """One clause, of several joined ones each."""
    whole = _said(clause, reading)
    if whole is not None:
        return whole
    parts = [_said(part, reading) for part in _APART.split(clause)]
    known = [part for part in parts if part is not None]
    return ", ".join(known) if len(known) == len(parts) else clause


def _said(clause: str, reading: Reading) -> str | None:
    for key, pattern in _KNOWN.items():
        found = pattern.fullmatch(clause)
        if found:
            given = {name: _value(name, text, reading) for name, text in found.groupdict().items()}
            return reading.language.word("unavailable", key).format(**given)
    return None


def _value(name: str, text: str, reading: Reading) -> str:
    if name == "when":
        return _when(text, reading)
    if name == "role":
        return role_words(reading.language, text.replace(" ", "_"))
    return text


def _when(text: str, reading: Reading) -> str:
    """Wall clock as it was written: nothing is moved into another zone."""
    found = _MOMENT.fullmatch(text)
    parts = found.groupdict() if found else {}
    clock = f"{parts['hour']}:{parts['minute']}" if parts.get("hour") else None
    day = _date(parts, reading) if parts.get("month") else None
    words = reading.language.words["unavailable"]
    clock = words["clock"].format(clock=clock) if clock else None
    if clock and day:
        return words["day_and_clock"].format(day=day, clock=clock)
    return clock or day or text


def _date(parts: dict[str, str], reading: Reading) -> str:
    year = int(parts["year"] or reading.times.now.year)
    noon = datetime(year, MONTHS.index(parts["month"]) + 1, int(parts["day"]), 12, tzinfo=UTC)
    return reading.times.date(noon)
