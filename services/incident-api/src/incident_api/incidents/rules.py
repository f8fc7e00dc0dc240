"""The incident's state machine: every transition in one table, every decision with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tocsin_contracts.words import OPEN_STATUSES, Status


class Command(StrEnum):
    PUBLISH = "publish"
    ACKNOWLEDGE = "acknowledge"
    UPDATE = "update"
    """A written update for clients; the first three statuses can be moved between by it."""
    NOTE = "note"
    """A written update for the NOC alone."""
    CHANGE = "change"
    """Fields are changed without a written update."""
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CANCEL = "cancel"
    CLOSE = "close"
    HOLDING_NOTICE = "holding_notice"
    """Tell clients that we are checking, or see to it that nobody does."""
    CORRECT = "correct"
    """Put right what was told, to those who got it."""
    LINK = "link"
    """Make it part of another incident, or let it stand alone again."""


@dataclass(frozen=True)
class Move:
    """Go ahead. ``to`` is the status afterwards, ``None``: as it was, or as the update says.

    ``silent``: clients are not told, since for them the incident is over.
    """

    to: Status | None = None
    silent: bool = False


@dataclass(frozen=True)
class Nothing:
    """The state asked for is there already; nothing changes, and that is no error."""

    reason: str


@dataclass(frozen=True)
class Wrong:
    """Refused. ``reason`` says why and which call is right; ``{id}`` stands for the incident."""

    reason: str


Decision: TypeAlias = Move | Nothing | Wrong

_OVER = "a closed incident never changes; open a new one with POST /v1/incidents"
_CALLED_OFF = "it was cancelled as a false alarm; open a new one with POST /v1/incidents"
_REOPEN_FIRST = "it is resolved; POST /v1/incidents/{id}/reopen comes first"

_WHILE_OPEN: dict[Command, Decision] = {
    Command.PUBLISH: Move(),
    Command.ACKNOWLEDGE: Move(),
    Command.UPDATE: Move(),
    Command.NOTE: Move(),
    Command.CHANGE: Move(),
    Command.RESOLVE: Move(to=Status.RESOLVED),
    Command.CANCEL: Move(to=Status.CANCELLED),
    Command.REOPEN: Wrong("it is still open; write to it with POST /v1/incidents/{id}/updates"),
    Command.CLOSE: Wrong("it is not resolved yet; POST /v1/incidents/{id}/resolve comes first"),
    Command.HOLDING_NOTICE: Move(),
    Command.CORRECT: Move(),
    Command.LINK: Move(),
}

TRANSITIONS: dict[Status, dict[Command, Decision]] = {
    **dict.fromkeys(OPEN_STATUSES, _WHILE_OPEN),
    Status.RESOLVED: {
        Command.PUBLISH: Wrong(_REOPEN_FIRST),
        Command.ACKNOWLEDGE: Wrong(_REOPEN_FIRST),
        Command.UPDATE: Wrong(
            "it is resolved; POST /v1/incidents/{id}/reopen if it is back, or "
            "POST /v1/incidents/{id}/close with the root cause"
        ),
        Command.NOTE: Move(),
        Command.CHANGE: Move(silent=True),
        Command.RESOLVE: Nothing("it is resolved already"),
        Command.REOPEN: Move(to=Status.INVESTIGATING),
        Command.CANCEL: Wrong("it is resolved; end it with POST /v1/incidents/{id}/close"),
        Command.CLOSE: Move(to=Status.CLOSED),
        Command.HOLDING_NOTICE: Wrong(_REOPEN_FIRST),
        Command.CORRECT: Move(),
        Command.LINK: Wrong(_REOPEN_FIRST),
    },
    Status.CLOSED: {
        Command.PUBLISH: Wrong(_OVER),
        Command.ACKNOWLEDGE: Wrong(_OVER),
        Command.UPDATE: Wrong(_OVER),
        Command.NOTE: Move(),
        Command.CHANGE: Wrong(_OVER),
        Command.RESOLVE: Wrong(_OVER),
        Command.REOPEN: Wrong(_OVER),
        Command.CANCEL: Wrong(_OVER),
        Command.CLOSE: Wrong(_OVER),
        Command.HOLDING_NOTICE: Wrong(_OVER),
        Command.CORRECT: Move(),
        Command.LINK: Wrong(_OVER),
    },
    Status.CANCELLED: {
        Command.PUBLISH: Wrong(_CALLED_OFF),
        Command.ACKNOWLEDGE: Wrong(_CALLED_OFF),
        Command.UPDATE: Wrong(_CALLED_OFF),
        Command.NOTE: Move(),
        Command.CHANGE: Wrong(_CALLED_OFF),
        Command.RESOLVE: Wrong(_CALLED_OFF),
        Command.REOPEN: Wrong(_CALLED_OFF),
        Command.CANCEL: Nothing("it is cancelled already"),
        Command.CLOSE: Wrong(_CALLED_OFF),
        Command.HOLDING_NOTICE: Wrong(_CALLED_OFF),
        Command.CORRECT: Move(),
        Command.LINK: Wrong(_CALLED_OFF),
    },
}


def decide(
    command: Command, status: Status, *, acknowledged: bool = False, published: bool = False
) -> Decision:
    """What ``command`` does to an incident in ``status``.

    ``acknowledged`` and ``published`` stand beside the status: repeating what made them true is
    no error either, however the incident went on.
    """
    if command is Command.ACKNOWLEDGE and acknowledged:
        return Nothing("it is acknowledged already")
    if command in (Command.PUBLISH, Command.HOLDING_NOTICE) and published:
        return Nothing("it is published already")
    return TRANSITIONS[status][command]


def status_wish(wished: str) -> str | None:
    """Which call moves an incident into ``wished``, where an update cannot; else ``None``."""
    return {
        Status.RESOLVED: "POST /v1/incidents/{id}/resolve",
        Status.CLOSED: "POST /v1/incidents/{id}/close",
        Status.CANCELLED: "POST /v1/incidents/{id}/cancel",
    }.get(Status(wished))
