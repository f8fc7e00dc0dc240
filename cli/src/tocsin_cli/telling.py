"""What the API answered, as lines to read in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

Line = Mapping[str, Any]

CHANNELS = {
    "email": "mail",
    "sms": "text message",
    "voice": "call",
    "slack": "Slack",
    "teams": "Teams",
    "webhook": "webhook",
    "apprise": "Apprise",
}


def timeline(answer: Mapping[str, Any]) -> Iterator[str]:
    """``+15 min 02:15 Tom Klein (deputy), call, because nobody acknowledged``."""
    zone = ZoneInfo(answer["timezone"])
    start = _local(answer["started_at"], zone)
    yield f"{start:%A} {start.day} {start:%B %Y}, {start:%H:%M %Z} ({answer['timezone']})"
    if not answer["timeline"]:
        yield f"Nobody is called until {_until(answer, zone, start)}."
    yield from _lines(answer["timeline"], zone, start)
    changes = answer.get("changes")
    if changes is not None:
        yield ""
        yield from _changes(changes, zone, start)


def _until(answer: Mapping[str, Any], zone: ZoneInfo, start: datetime) -> str:
    end = _local(answer["until"], zone)
    return f"{end:%H:%M}" if end.date() == start.date() else f"{end:%A %H:%M}"


def _lines(lines: Sequence[Line], zone: ZoneInfo, start: datetime) -> Iterator[str]:
    day = start.date()
    for _, same in groupby(lines, key=_of_one_call):
        group = list(same)
        at = _local(group[0]["at"], zone)
        if at.date() != day:
            day = at.date()
            yield f"{at:%A} {at.day} {at:%B}"
        yield _one(group, zone)


def _of_one_call(line: Line) -> tuple[Any, ...]:
    """The channels of one call are told together."""
    names = ("at", "what", "chain", "policy", "step", "call", "who", "because")
    return tuple(line.get(name) for name in names) + tuple(line["client_keys"])


def _one(lines: Sequence[Line], zone: ZoneInfo) -> str:
    line = lines[0]
    at = _local(line["at"], zone)
    return f"+{line['offset_minutes']:g} min {at:%H:%M} {_happened(lines)}{_for(line)}"


def _happened(lines: Sequence[Line]) -> str:
    line = lines[0]
    because = str(line["because"]).rstrip(".")
    if line["what"] == "called":
        channels = " and ".join(CHANNELS.get(one["channel"], str(one["channel"])) for one in lines)
        return f"{line['who']} ({_role(line)}), {channels}, because {_clause(because)}"
    step = "" if line["step"] is None else f"step {line['step'] + 1} of '{line['policy']}' "
    return f"{step}{line['what']}: {because}"


def _role(line: Line) -> str:
    role = str(line["role"] or "called").replace("_", " ")
    return f"{role} at the client" if line["chain"] == "client" else role


def _clause(because: str) -> str:
    """A sentence goes on in small letters, a name or a short word does not."""
    first, _, rest = because.partition(" ")
    small = first in ("It", "Nobody", "The", "This", "There", "An", "A", "No", "Somebody")
    return f"{first.lower()} {rest}" if small else because


def _for(line: Line) -> str:
    keys = line["client_keys"]
    if not keys:
        return ""
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return f" [{', '.join(keys[:3])}{more}]"


def _changes(changes: Mapping[str, Any], zone: ZoneInfo, start: datetime) -> Iterator[str]:
    added, removed, moved = changes["added"], changes["removed"], changes["moved"]
    if not (added or removed or moved):
        yield "These policies change nothing here."
        return
    yield "What these policies change:"
    for mark, lines in (("added  ", added), ("removed", removed)):
        yield from (f"{mark} {one}" for one in _lines(lines, zone, start))
    for before, after in _pairs(moved):
        whence = f"+{before[0]['offset_minutes']:g} min"
        yield f"moved   {_one(after, zone)} (before: {whence})"


def _pairs(moved: Sequence[Mapping[str, Line]]) -> Iterator[tuple[list[Line], list[Line]]]:
    def of_one(pair: Mapping[str, Line]) -> tuple[Any, ...]:
        return _of_one_call(pair["before"]) + _of_one_call(pair["after"])

    for _, same in groupby(moved, key=of_one):
        group = list(same)
        yield [one["before"] for one in group], [one["after"] for one in group]


def finding(found: Mapping[str, Any]) -> str:
    """One line, its hours on the wall clocks that the API names in it."""
    place = [f"{name} '{found[name]}'" for name in ("policy", "team", "client") if found.get(name)]
    if found.get("step") is not None:
        place.insert(1, f"step {found['step'] + 1}")
    return f"{', '.join(place)}: {found['detail']}" if place else str(found["detail"])


def _local(moment: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(moment).astimezone(zone)
