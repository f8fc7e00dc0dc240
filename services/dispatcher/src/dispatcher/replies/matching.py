"""What something that came in belongs to: which message of ours, which person, which answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin_contracts.words import Channel, Kind

from dispatcher.channels.message import Answer
from dispatcher.delivery.answers import answers_of
from dispatcher.replies.inbound import Inbound
from dispatcher.replies.verbs import verb_of

BY_ADDRESS = frozenset({Channel.EMAIL, Channel.SMS, Channel.VOICE})
"""Where the sender's address is that of one person; elsewhere it is a place that several share."""


@dataclass(frozen=True)
class Known:
    """Somebody whom the directory reaches at the sender's address; ``client_key`` ``None``:
    staff."""

    client_key: str | None
    person: str
    name: str


@dataclass(frozen=True)
class Candidate:
    """A message of ours that this may answer, the newest first. ``incident_id`` is ``None`` where
    it spoke of no incident; ``asks`` is what it lets its reader answer. ``over``: nothing is left
    to take; ``held_by`` is a colleague of its reader's who has it."""

    delivery_id: str
    incident_id: str | None
    client_key: str | None
    kind: Kind
    who: Known
    destination: str
    ref: str | None = None
    question_id: str | None = None
    decides: bool = False
    step_clients: tuple[str, ...] = ()
    over: bool = False
    held_by: str | None = None
    named: bool = False
    """By its own id or its thread, not only by the sender's address."""

    def asks(self, channel: Channel) -> tuple[Answer, ...]:
        return answers_of(self.kind, channel, decides=self.decides)


@dataclass(frozen=True)
class Matched:
    """``row`` is the message it answers, ``who`` wrote it, ``answer`` what it says by itself."""

    row: Candidate | None
    who: Known | None
    answer: Answer | None = None

    @property
    def client_key(self) -> str | None:
        """A stranger's too, where the message says whose it was."""
        if self.who is not None:
            return self.who.client_key
        return self.row.client_key if self.row else None


@dataclass(frozen=True)
class Found:
    """What is known of a sender: the messages it may answer, newest first, and whose address it
    is."""

    label: str
    rows: Sequence[Candidate] = ()
    people: Sequence[Known] = field(default_factory=tuple)


def match(inbound: Inbound, found: Found) -> Matched:
    named = [row for row in found.rows if row.named]
    rows = named or list(found.rows)
    if inbound.pressed is not None:
        return _pressed(inbound, named[0] if named else None, found)
    row = _answered_by_word(inbound, rows, found)
    if row is not None:
        return Matched(row, row.who, verb_of(inbound.text, staff=row.client_key is None))
    row = _spoken_of(inbound, rows)
    who = _who(inbound, row, found)
    return Matched(row if _concerns(row, who) else None, who)


def _pressed(inbound: Inbound, row: Candidate | None, found: Found) -> Matched:
    """A key or a button names its message itself; its caller has checked whose it is."""
    return Matched(row, row.who if row else _who(inbound, None, found), inbound.pressed)


def _answered_by_word(
    inbound: Inbound, rows: Sequence[Candidate], found: Found
) -> Candidate | None:
    """The newest that asked decides. A mail's sender proves nothing, so that by mail only what
    names its message counts; and nobody answers for somebody else."""
    for row in rows:
        asks = row.asks(inbound.channel)
        if not asks or (inbound.channel is Channel.EMAIL and not row.named):
            continue
        if _is_theirs(inbound, row, found):
            if row.client_key is None and _is_said_among_others(inbound):
                return None
            verb = verb_of(inbound.text, staff=row.client_key is None)
            return row if verb in asks else None
    return None


def _is_said_among_others(inbound: Inbound) -> bool:
    """In a chat's channel, where a bystander's "no" must pass on nothing for a colleague; a button
    does. Slack's direct messages stand in channels that begin with D."""
    chat = inbound.channel is Channel.SLACK
    return chat and not (inbound.thread or "").startswith("D")


def _spoken_of(inbound: Inbound, rows: Sequence[Candidate]) -> Candidate | None:
    """A reference in the subject says which of several, where nothing better does."""
    subject = inbound.subject or ""
    told = [row for row in rows if row.ref and f"[{row.ref}]" in subject]
    return next(iter(told or rows), None)


def _concerns(row: Candidate | None, who: Known | None) -> bool:
    """What one client was told is no other client's matter."""
    return row is None or who is None or who.client_key in (row.client_key, None)


def _who(inbound: Inbound, row: Candidate | None, found: Found) -> Known | None:
    """Who wrote: of those at this address the message's own reader, else somebody of the same
    client; nobody for an address that the directory does not know."""
    if row is not None and _is_theirs(inbound, row, found):
        return row.who
    same = [one for one in found.people if row is not None and one.client_key == row.client_key]
    return next(iter([*same, *found.people]), None)


def _is_theirs(inbound: Inbound, row: Candidate, found: Found) -> bool:
    """Whether it comes from where the message went, or its reader is reached there by now."""
    if inbound.channel not in BY_ADDRESS or row.destination == found.label:
        return True
    return any(
        one.client_key == row.client_key and one.person == row.who.person for one in found.people
    )
