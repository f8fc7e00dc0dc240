"""Who could not be called, in the reader's language.

Escalation says it in English, a clause each, of a closed list of patterns (its
``people/clauses.py``). What is none of them is quoted as it is.
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import UTC, datetime

from dispatcher.rendering.marks import role_words
from dispatcher.rendering.reading import Reading

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?"
_WHEN = rf"\d\d:\d\d(?: on {_DAY})?|{_DAY}"
_PERSON = r"(?P<name>(?:(?!, and | is ).)+)"
_CLIENT = r"(?P<name>(?:(?! is ).)+)"
"""Names that take in no clause beside them; a firm may be called "Smith, Jones, and Partners"."""
_ROLE = r"(?P<role>[^,]+)"
_PATTERNS = {
    "away": rf"{_PERSON} is away until (?P<when>{_WHEN})",
    "holiday": rf"(?P<when>{_DAY}) is a public holiday for {_PERSON}",
    "outside_hours": rf"it is outside {_PERSON}'s working hours",
    "nobody_on_duty": r"nobody is on duty",
    "duty_known_until": rf"who is on duty is known only until (?P<when>{_WHEN})",
    "calendar_read": rf"the duty calendar was last read at (?P<when>{_WHEN})",
    "nobody_stands_in": r"nobody stands in",
    "no_role": rf"the account team names no {_ROLE}",
    "no_team": rf"{_CLIENT} has no account team",
    "no_contact": rf"nobody at {_CLIENT} holds the role '{_ROLE}'",
}
_KNOWN = {key: re.compile(pattern) for key, pattern in _PATTERNS.items()}
_MOMENT = re.compile(
    r"(?:(?P<hour>\d\d):(?P<minute>\d\d))?(?: on )?"
    r"(?:(?P<day>\d{1,2}) (?P<month>\w+)(?: (?P<year>\d{4}))?)?"
)
_APART = re.compile(r", (?:and )?")


def in_words(clause: str, reading: Reading) -> str:
    """One clause, of several joined ones each; as it is where a part of it is unknown."""
    said = _each_said(clause, reading)
    return clause if said is None else ", ".join(said)


def _each_said(text: str, reading: Reading) -> list[str] | None:
    """The shortest known clause ``text`` begins with, and those after it: names have commas too."""
    for apart in _APART.finditer(text):
        first = _said(text[: apart.start()], reading)
        others = _each_said(text[apart.end() :], reading) if first is not None else None
        if first is not None and others is not None:
            return [first, *others]
    whole = _said(text, reading)
    return None if whole is None else [whole]


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
    month, day = MONTHS.index(parts["month"]) + 1, int(parts["day"])
    year = int(parts["year"] or reading.times.now.year)
    while (month, day) == (2, 29) and not isleap(year):
        year += 1  # without a year it is less than one away, so a past one is of this year
    noon = datetime(year, month, day, 12, tzinfo=UTC)
    return reading.times.date(noon)
