"""The one subject of a thread, and the state word that says what its newest message is."""

from __future__ import annotations

from tocsin_contracts.words import Kind

from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line, shortened

LONGEST = 60
NEVER_THREADED = frozenset({Kind.ESCALATION_EXHAUSTED})
_UPDATES = frozenset({Kind.UPDATE, Kind.ETA_CHANGE, Kind.WORKAROUND})
_STATES = {
    Kind.INITIAL: "new",
    Kind.UPDATE: "update",
    Kind.ETA_CHANGE: "new_time",
    Kind.WORKAROUND: "workaround",
    Kind.RESOLVED: "resolved",
    Kind.REOPENED: "reopened",
    Kind.CLOSURE: "closed",
}


def state_word(notice: Notice, reading: Reading) -> str | None:
    """``NEW``, ``UPDATE``, …; staff's messages have none: their request comes first."""
    kind = notice.kind
    if kind.for_staff or kind not in _STATES:
        return None
    if kind in _UPDATES and notice.initial_never_sent:
        return reading.language.word("states", "new")
    if kind is Kind.ETA_CHANGE and notice.before.eta is None:
        return reading.language.word("states", "update")
    return reading.language.word("states", _STATES[kind])


def subject(notice: Notice, reading: Reading) -> str:
    """At most 60 characters: names are cut, never the reference that ticket systems file by."""
    names = [name for name in map(one_line, notice.systems) if name]
    wishes = [reading.names(tuple(names)), _short_list(names, reading), names[0] if names else None]
    for system in filter(None, wishes):
        written = _written(notice, reading, system)
        if len(written) <= LONGEST:
            return written
    return _cut(notice, reading, names[0] if names else None)


def _cut(notice: Notice, reading: Reading, system: str | None) -> str:
    if system is None:
        return _drill(notice, reading, _pattern(notice, reading, "no_system"))
    spare = LONGEST - len(_written(notice, reading, ""))
    return _written(notice, reading, shortened(system, max(spare, 1)))


def _written(notice: Notice, reading: Reading, system: str) -> str:
    key = {Kind.ESCALATION_EXHAUSTED: "escalation_exhausted"}.get(notice.kind, "escalation")
    pattern = _pattern(notice, reading, key if notice.kind.for_staff else "incident", system)
    return _drill(notice, reading, pattern)


def _pattern(notice: Notice, reading: Reading, key: str, system: str = "") -> str:
    return reading.language.word("subjects", key).format(
        system=system,
        client=_clients(notice, reading),
        date=reading.times.date(notice.outage.started_at),
        ref=notice.ref,
    )


def _clients(notice: Notice, reading: Reading) -> str:
    names = [client.name for client in notice.escalation.clients] if notice.escalation else []
    clients = _short_list(names, reading) or reading.phrase("no_client_staff")
    return shortened(clients, 16)


def _short_list(names: list[str], reading: Reading) -> str | None:
    if len(names) < 2:
        return one_line(names[0]) if names else None
    pattern = reading.language.word("subjects", "short_list")
    return pattern.format(first=one_line(names[0]), count=len(names) - 1)


def _drill(notice: Notice, reading: Reading, subject: str) -> str:
    if not notice.drill:
        return subject
    return reading.language.word("subjects", "drill").format(subject=subject)
