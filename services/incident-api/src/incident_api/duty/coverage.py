"""Where a rota has nobody on duty, or several at once. It may be meant, so it is only said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tocsin_contracts.staff import DutySpan

from incident_api.directory.entries import TeamEntry
from incident_api.duty.rota import spans_of

LOOKED_AT = timedelta(weeks=4)
MOST = 5


@dataclass(frozen=True)
class Stretch:
    """From ``starts_at`` until before ``ends_at`` these people are on duty; none: a gap."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...] = ()


def stretches(spans: Iterable[DutySpan], start: datetime, end: datetime) -> Iterator[Stretch]:
    """The whole time from ``start`` to ``end``, cut where anybody's duty begins or ends."""
    own = [span for span in spans if span.ends_at > start and span.starts_at < end]
    edges = {moment for span in own for moment in (span.starts_at, span.ends_at)}
    cuts = [start, *sorted(moment for moment in edges if start < moment < end), end]
    for begins, ends in pairwise(cuts):
        people = {s.person for s in own if s.starts_at <= begins and s.ends_at >= ends}
        yield Stretch(begins, ends, tuple(sorted(people)))


def gaps(spans: Iterable[DutySpan], start: datetime, end: datetime) -> list[Stretch]:
    return _joined(one for one in stretches(spans, start, end) if not one.people)


def overlaps(spans: Iterable[DutySpan], start: datetime, end: datetime) -> list[Stretch]:
    return _joined(one for one in stretches(spans, start, end) if len(one.people) > 1)


def _joined(found: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is not None and last.ends_at == one.starts_at and last.people == one.people:
            one = Stretch(last.starts_at, one.ends_at, one.people)
            joined.pop()
        joined.append(one)
    return joined


def rota_findings(team: TeamEntry, timezone: str, now: datetime) -> list[str]:
    """Sentences about a team's weekly rota in the four weeks from ``now``, overrides left aside.

    ``timezone`` is the provider's. Nothing for a team without a rota.
    """
    duty = team.duty
    if duty is None or duty.shifts is None or duty.starting is None:
        return []
    zone = ZoneInfo(duty.timezone or timezone)
    first = datetime.combine(duty.starting, datetime.min.time(), zone) + timedelta(weeks=1)
    start = max(now, first.astimezone(now.tzinfo))
    end = start + LOOKED_AT
    spans = spans_of(duty, timezone, start, end)
    names = {member.person: member.name for member in team.everyone()}
    return [
        *_said(
            f"The rota of '{team.key}' has nobody on duty",
            [_weekly(one, zone) for one in _whole(gaps(spans, start, end), start, end)],
        ),
        *_said(
            f"The rota of '{team.key}' has several people on duty at once",
            [_weekly(one, zone, names) for one in _whole(overlaps(spans, start, end), start, end)],
        ),
    ]


def _whole(found: list[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """Without those that the time looked at cuts off, which come whole in another week."""
    whole = [one for one in found if one.starts_at > start and one.ends_at < end]
    return whole or found


def _weekly(one: Stretch, zone: ZoneInfo, names: dict[str, str] | None = None) -> str:
    begins, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    same_day = begins.date() == ends.date()
    until = f"{ends:%H:%M}" if same_day else f"{ends:%a %H:%M}"
    who = [] if names is None else [names.get(person, person) for person in one.people]
    return f"{begins:%a %H:%M}–{until}" + (f" ({', '.join(who)})" if who else "")


def _said(begin: str, found: Sequence[str]) -> list[str]:
    """A gap of every week is told once."""
    once = list(dict.fromkeys(found))
    if not once:
        return []
    more = f" and {len(once) - MOST} more" if len(once) > MOST else ""
    return [f"{begin}: {', '.join(once[:MOST])}{more}. It may be meant; nothing is changed."]
