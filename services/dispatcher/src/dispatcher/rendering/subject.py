"""The one subject of a thread, and the state word that says what its newest message is."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin_contracts.words import Kind

from dispatcher.rendering.news_words import note_words
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line, shortened

LONGEST = 60
LONGEST_CLIENT = 16
NEVER_THREADED = frozenset(
    {
        Kind.ESCALATION_EXHAUSTED,
        Kind.APPROVAL_REQUEST,
        Kind.CONFIRM_DESTINATION,
        Kind.TEST,
    }
)
REPLIES = frozenset({Kind.AUTO_ANSWER, Kind.ANSWERED})
_OWN = {
    Kind.APPROVAL_REQUEST: "approval",
    Kind.ESCALATION_EXHAUSTED: "escalation_exhausted",
    Kind.UPDATE_OVERDUE: "word_due",
    Kind.SLA_AT_RISK: "promise",
    Kind.SLA_BREACHED: "promise",
    Kind.QUESTION_RECEIVED: "question",
    Kind.STAFF_NOTE: "staff_note",
}
"""By kind the pattern of its subject; the rest of staff's share the escalation's."""


def subject(notice: Notice, reading: Reading) -> str:
    """At most 60 characters: names are cut, never the reference that ticket systems file by."""
    if notice.question and notice.kind in REPLIES and notice.question.subject:
        return _reply(reading, one_line(notice.question.subject) or "")
    names = [name for name in map(one_line, notice.systems) if name]
    wishes = [reading.names(tuple(names)), _short_list(names, reading), names[0] if names else None]
    for system in filter(None, wishes):
        written = _written(notice, reading, system)
        if len(written) <= LONGEST:
            return written
    return _cut(notice, reading, names[0] if names else None)


def with_reference(own: str, notice: Notice, reading: Reading) -> str:
    """A client's own subject, which ticket systems must be able to file too."""
    ending = f" [{notice.ref}]" if notice.ref else ""
    words = own.replace(ending.strip(), "").strip() if ending else own
    drill = reading.language.word("subjects", "drill")
    subject = drill.format(subject=words) if notice.drill else words
    return shortened(" ".join(subject.split()), LONGEST - len(ending)) + ending


def _cut(notice: Notice, reading: Reading, system: str | None) -> str:
    if system is None or not _names_a_system(notice, reading):
        return _last_cut(_written(notice, reading, None), notice)
    spare = LONGEST - len(_written(notice, reading, ""))
    return _last_cut(_written(notice, reading, shortened(system, max(spare, 1))), notice)


def _last_cut(written: str, notice: Notice) -> str:
    """Where even that is too long: before the reference."""
    ending = f" [{notice.ref}]" if notice.ref and written.endswith(f" [{notice.ref}]") else ""
    return shortened(written.removesuffix(ending), LONGEST - len(ending)) + ending


def _names_a_system(notice: Notice, reading: Reading) -> bool:
    return "{system}" in _pattern_of(notice, reading, "a system")


def _written(notice: Notice, reading: Reading, system: str | None) -> str:
    pattern = _pattern_of(notice, reading, system)
    written = pattern.format(
        system=system or "",
        client=_clients(notice, reading),
        message=_message(notice, reading),
        by=_decided_by(notice, reading),
        date=_date(notice, reading),
        fact=note_words(notice, reading).rstrip("."),
        ref=notice.ref or "",
        provider=one_line(notice.provider.name) or "",
    )
    return _framed(notice, reading, written)


def _pattern_of(notice: Notice, reading: Reading, system: str | None) -> str:
    key = _key(notice)
    subjects = reading.language.words["subjects"]
    without = f"{key}_no_system"
    return subjects[without if system is None and without in subjects else key]


def _key(notice: Notice) -> str:
    if notice.kind is Kind.DIGEST:
        return "digest"
    if notice.kind.of_no_outage:
        return notice.kind.value
    if notice.kind.of_maintenance:
        return "maintenance"
    if not notice.kind.for_staff:
        return "incident"
    if notice.kind is Kind.STAFF_NOTE and notice.ref is None:
        return "staff_note_no_ref"
    return _OWN.get(notice.kind, "escalation")


def _message(notice: Notice, reading: Reading) -> str:
    """What waits for approval: ``first notice``."""
    of = notice.approval.of.value if notice.approval else ""
    return reading.language.words["kinds"].get(of, of.replace("_", " "))


def _decided_by(notice: Notice, reading: Reading) -> str:
    return reading.times.at(notice.approval.decide_by).short if notice.approval else ""


def _date(notice: Notice, reading: Reading) -> str:
    return reading.times.date(notice.incident.started_at if notice.incident else notice.at)


def _clients(notice: Notice, reading: Reading) -> str:
    clients = _short_list(list(_named(notice)), reading) or reading.phrase("no_client_staff")
    return shortened(clients, LONGEST_CLIENT)


def _named(notice: Notice) -> Iterable[str]:
    if notice.client is not None:
        yield notice.client.called or notice.client.name
    elif notice.escalation is not None:
        yield from (client.name for client in notice.escalation.clients)
    elif notice.promise is not None:
        yield from notice.promise.clients
    elif notice.approval is not None:
        yield notice.approval.client
    elif notice.question is not None and notice.question.client:
        yield notice.question.client


def _short_list(names: list[str], reading: Reading) -> str | None:
    if len(names) < 2:
        return one_line(names[0]) if names else None
    pattern = reading.language.word("subjects", "short_list")
    return pattern.format(first=one_line(names[0]), count=len(names) - 1)


def _framed(notice: Notice, reading: Reading, written: str) -> str:
    if notice.kind in REPLIES:
        written = _reply(reading, written)
    if not notice.drill:
        return written
    return reading.language.word("subjects", "drill").format(subject=written)


def _reply(reading: Reading, written: str) -> str:
    """``Re: …`` once, also where their own subject has it."""
    prefix = reading.language.word("subjects", "reply").partition("{")[0]
    bare = written
    while bare.lower().startswith(("re:", "aw:", "sv:", "rv:", prefix.lower())):
        bare = bare.partition(":")[2].strip()
    return f"{prefix}{shortened(bare or written, LONGEST)}"
