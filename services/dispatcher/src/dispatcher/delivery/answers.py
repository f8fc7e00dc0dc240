"""What the reader of a message may answer at once, and whom key 3 of a call connects to."""

from __future__ import annotations

from tocsin_contracts.words import Channel, Kind

from dispatcher.channels.message import Answer
from dispatcher.rendering.notice import Notice

NOT_ASKED = frozenset(
    {
        Kind.FEEDBACK_REQUEST,
        Kind.AUTO_ANSWER,
        Kind.ANSWERED,
        Kind.CONFIRM_DESTINATION,
        Kind.TEST,
    }
)
"""Messages to clients that ask for something else, or for nothing."""
TO_TAKE = frozenset({Kind.ESCALATION, Kind.ESCALATION_HANDED_OVER})
SPOKEN_KEYS = frozenset(
    {
        Kind.ESCALATION_EXHAUSTED,
        Kind.UPDATE_OVERDUE,
        Kind.SLA_AT_RISK,
        Kind.SLA_BREACHED,
        Kind.QUESTION_RECEIVED,
    }
)
"""Calls that name the keys of a call to staff: what is said is kept."""


def answers_of(kind: Kind, channel: Channel, *, decides: bool = True) -> tuple[Answer, ...]:
    """``decides``: of a message to staff, that this very reader is asked to act."""
    if not kind.for_staff:
        return () if kind in NOT_ASKED else (Answer.CONFIRM, Answer.ASK)
    asked = kind in TO_TAKE and decides
    said = kind in SPOKEN_KEYS and channel is Channel.VOICE
    return (Answer.TAKE, Answer.DECLINE) if asked or said else ()


def dial_of(notice: Notice) -> str | None:
    """The number of whoever speaks for us with this client, else the service desk's."""
    people = () if notice.kind.for_staff else (notice.taker, notice.account_manager)
    own = (person.phone for person in people if person and person.phone)
    return next(own, notice.provider.desk_phone)
