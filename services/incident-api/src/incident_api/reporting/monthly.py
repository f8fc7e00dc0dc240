"""One client's month: what was down, what was promised and kept, what was sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.directory import Client
from tocsin_contracts.words import Promise, PromiseState, Severity, Status

from incident_api.directory.called import as_called
from incident_api.directory.view import DirectoryView
from incident_api.incidents.model import Incident
from incident_api.promises.kept import late_by
from incident_api.promises.model import Promised
from incident_api.reporting.counting import GOT_THERE, judged, time_affected
from incident_api.reporting.months import Month


@dataclass(frozen=True)
class OutageLine:
    """``ended_at`` ``None``: it is not over. ``false_alarm`` counts for no time."""

    ref: str
    systems: tuple[str, ...]
    severity: Severity
    began_at: datetime
    ended_at: datetime | None
    minutes: int
    false_alarm: bool


@dataclass(frozen=True)
class BrokenPromise:
    ref: str
    promise: Promise
    due_at: datetime
    done_at: datetime | None
    late_minutes: int | None
    reason: str | None


@dataclass(frozen=True)
class ChannelLine:
    channel: str
    got_there: int
    failed: int


@dataclass(frozen=True)
class MonthlyReport:
    """``minutes_affected`` counts time in which several outages ran once."""

    provider: str
    desk_phone: str | None
    client_key: str
    client: str
    timezone: str
    locale: str
    month: str
    begins_at: datetime
    ends_at: datetime
    made_at: datetime
    outages: tuple[OutageLine, ...]
    minutes_affected: int
    promises_kept: int
    promises_broken: int
    broken: tuple[BrokenPromise, ...]
    messages: tuple[ChannelLine, ...]


@dataclass(frozen=True)
class MonthFacts:
    """What of the month concerns one client; exercises are left out.

    ``outages`` with the systems it uses, ``promised`` with each incident's reference,
    ``deliveries``: how many messages of each channel are in each state.
    """

    outages: Sequence[tuple[Incident, tuple[str, ...]]]
    promised: Sequence[tuple[str, Promised]]
    deliveries: Mapping[str, Mapping[str, int]]


def monthly_report(
    facts: MonthFacts,
    view: DirectoryView,
    client: Client,
    month: Month,
    *,
    begins_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> MonthlyReport:
    lines = tuple(_outage(*one, view, client, now) for one in facts.outages)
    states = [one.state for _, one in facts.promised]
    counted = judged({state: states.count(state) for state in set(states)})
    affected = time_affected(
        (line.began_at, line.ended_at or now) for line in lines if not line.false_alarm
    )
    return MonthlyReport(
        provider=view.provider.name,
        desk_phone=view.provider.desk_phone,
        client_key=client.key,
        client=client.name,
        timezone=client.timezone,
        locale=client.locale,
        month=str(month),
        begins_at=begins_at,
        ends_at=ends_at,
        made_at=now,
        outages=lines,
        minutes_affected=int(affected.total_seconds() // 60),
        promises_kept=counted.kept,
        promises_broken=counted.broken,
        broken=tuple(_broken(facts.promised)),
        messages=tuple(_channels(facts.deliveries)),
    )


def _outage(
    incident: Incident,
    systems: tuple[str, ...],
    view: DirectoryView,
    client: Client,
    now: datetime,
) -> OutageLine:
    end = incident.resolved_at
    length = (end or now) - incident.started_at
    false_alarm = incident.status is Status.CANCELLED
    return OutageLine(
        ref=incident.ref,
        systems=as_called(view, client, systems),
        severity=incident.severity,
        began_at=incident.started_at,
        ended_at=end,
        minutes=0 if false_alarm else int(length.total_seconds() // 60),
        false_alarm=false_alarm,
    )


def _broken(promised: Sequence[tuple[str, Promised]]) -> Iterable[BrokenPromise]:
    for ref, one in promised:
        if one.state is PromiseState.BREACHED:
            yield BrokenPromise(ref, one.promise, one.due_at, one.done_at, late_by(one), one.reason)


def _channels(deliveries: Mapping[str, Mapping[str, int]]) -> Iterable[ChannelLine]:
    for channel, states in sorted(deliveries.items()):
        there = sum(count for state, count in states.items() if state in GOT_THERE)
        failed = states.get("failed", 0)
        if there or failed:
            yield ChannelLine(channel, there, failed)
