"""What a newer message replaces, and what of the older ones it carries along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin_contracts.events import Before
from tocsin_contracts.incident import IncidentUpdate
from tocsin_contracts.words import Kind

from dispatcher.planning.model import OpenRow
from dispatcher.rendering.notice import Notice

UPDATES = frozenset({Kind.UPDATE, Kind.ETA_CHANGE, Kind.WORKAROUND, Kind.NO_NEWS})

REPLACES: dict[Kind, frozenset[Kind]] = {
    # What is known by now says more than that we are checking.
    Kind.INITIAL: frozenset({Kind.HOLDING_NOTICE}),
    Kind.UPDATE: UPDATES,
    Kind.ETA_CHANGE: UPDATES,
    Kind.WORKAROUND: UPDATES,
    Kind.NO_NEWS: UPDATES,
    # An initial still waiting becomes one message: "was down from … to …".
    Kind.RESOLVED: UPDATES | {Kind.HOLDING_NOTICE, Kind.INITIAL, Kind.REOPENED},
    # "Resolved" would not be true any more when it arrives.
    Kind.REOPENED: UPDATES | {Kind.RESOLVED},
    Kind.CLOSURE: UPDATES,
}
"""By the kind of the newer message, the kinds it replaces.

Closure, review, correction, approval request and feedback request are replaced by none.
"""


@dataclass(frozen=True)
class Carried:
    """What the replaced messages would have said: their notices, oldest first, and the events that
    they were to tell of."""

    notices: tuple[Notice, ...] = ()
    causes: tuple[str, ...] = ()
    initial_never_sent: bool = False
    resolved_never_sent: bool = False


def replaced_by(kind: Kind, pending: Iterable[OpenRow]) -> list[OpenRow]:
    """Of one client's ``pending`` rows, those that a new message of ``kind`` replaces.

    A first word that waits for a yes is one of them: what is approved has to be the newest.
    A fallback goes with what it stands in for, and by itself where that cannot arrive any more.
    """
    replaces = REPLACES.get(kind, frozenset())
    asked = {Kind.INITIAL} if kind in UPDATES else frozenset()
    return [
        row
        for row in pending
        if (row.left_alone or not row.siblings)
        and (row.kind in replaces or (row.approval_id is not None and row.kind in asked))
    ]


def carried(rows: Sequence[OpenRow], notices: dict[str, Notice]) -> Carried:
    """What ``rows`` leave untold; ``notices`` by message id."""
    messages = {row.message_id: row.cause_id for row in rows if row.message_id in notices}
    known = [notices[message] for message in messages]
    return Carried(
        notices=tuple(known),
        causes=tuple(messages.values()),
        initial_never_sent=_never_sent(Kind.INITIAL, rows)
        or any(notice.initial_never_sent for notice in known),
        resolved_never_sent=_never_sent(Kind.RESOLVED, rows),
    )


def _never_sent(kind: Kind, rows: Iterable[OpenRow]) -> bool:
    return any(row.kind is kind and not row.doubtful for row in rows)


def carry(carried: Carried, newer: Notice) -> Notice:
    """``newer`` with what the replaced messages had to say and nobody has read."""
    notice = newer.model_copy(
        update={
            "initial_never_sent": carried.initial_never_sent,
            "resolved_never_sent": carried.resolved_never_sent,
        }
    )
    if newer.kind is Kind.REOPENED and carried.initial_never_sent:
        # To a reader who heard nothing yet it is not failing again: it fails.
        return notice.model_copy(update={"kind": Kind.INITIAL})
    if newer.kind in UPDATES:
        for older, cause in reversed(tuple(zip(carried.notices, carried.causes, strict=False))):
            if older.kind in UPDATES or older.update is not None:
                notice = _merge(older, notice, cause)
    return notice


def as_first_word(notice: Notice) -> Notice:
    """``notice`` for a reader who heard nothing of this outage before: it says what is wrong, and
    nothing that only they could follow who read an earlier message."""
    if notice.kind not in UPDATES | {Kind.REOPENED}:
        return notice
    return notice.model_copy(
        update={
            "kind": Kind.INITIAL,
            "changed": (),
            "no_news": False,
            "before": Before(),
            "new_systems": (),
            "gone_systems": (),
            "late_promise": None,
        }
    )


def _merge(older: Notice, newer: Notice, cause: str) -> Notice:
    """Two updates as one: what was new stays new, and "was" is what the reader last read.

    ``cause`` is the event that the older one was to tell of.
    """
    both_ways = {
        *(name for name in older.new_systems if name in newer.gone_systems),
        *(name for name in older.gone_systems if name in newer.new_systems),
    }
    return newer.model_copy(
        update={
            "kind": _merged_kind(older.kind, newer.kind),
            "no_news": older.no_news and newer.no_news,
            "carries": (*older.carries, cause, *newer.carries),
            "update": _merge_updates(older.update, newer.update),
            "newest_words": newer.newest_words or _words(newer) or older.newest_words,
            "changed": tuple(dict.fromkeys((*older.changed, *newer.changed))),
            "before": _merge_before(older, newer),
            "new_systems": _net(older.new_systems, newer.new_systems, both_ways),
            "gone_systems": _net(older.gone_systems, newer.gone_systems, both_ways),
        }
    )


def _merged_kind(older: Kind, newer: Kind) -> Kind:
    """Where nothing had changed since an update, the update is the news."""
    kinds = {older, newer} - {Kind.NO_NEWS}
    return kinds.pop() if len(kinds) == 1 else Kind.UPDATE if kinds else Kind.NO_NEWS


def _net(older: Sequence[str], newer: Sequence[str], both_ways: set[str]) -> tuple[str, ...]:
    """Without what the newer message takes back: for the reader that never happened."""
    return tuple(name for name in dict.fromkeys((*older, *newer)) if name not in both_ways)


def _merge_updates(
    older: IncidentUpdate | None, newer: IncidentUpdate | None
) -> IncidentUpdate | None:
    if older is None or newer is None:
        return newer or older
    return newer.model_copy(
        update={
            "message": f"{older.message}\n\n{newer.message}",
            "progress": newer.progress or older.progress,
            "watch_until": newer.watch_until or older.watch_until,
        }
    )


def _words(notice: Notice) -> str | None:
    return notice.update.message if notice.update else None


def _merge_before(older: Notice, newer: Notice) -> Before:
    """The older value where the older update changed it, for that is the one last read."""
    fields = Before.model_fields
    values = {
        name: getattr(older.before if name in older.changed else newer.before, name)
        for name in fields
    }
    return Before(**values)
