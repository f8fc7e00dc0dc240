"""The window's state machine: every transition in one table, every decision with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tocsin_contracts.words import MaintenanceStatus


class Command(StrEnum):
    CHANGE = "change"
    START = "start"
    END = "end"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Move:
    """Go ahead; ``to`` is the status afterwards, ``None``: as it was."""

    to: MaintenanceStatus | None = None


@dataclass(frozen=True)
class Nothing:
    """The state asked for is there already; nothing changes, and that is no error."""

    reason: str


@dataclass(frozen=True)
class Wrong:
    """Refused. ``reason`` says why and which call is right; ``{ref}`` stands for the window."""

    reason: str


Decision: TypeAlias = Move | Nothing | Wrong

_ANEW = "announce further work with POST /v1/maintenance-windows"
_OVER = Wrong(f"it is over; {_ANEW}")
_CALLED_OFF = Wrong(f"it was cancelled; {_ANEW}")

TRANSITIONS: dict[MaintenanceStatus, dict[Command, Decision]] = {
    MaintenanceStatus.SCHEDULED: {
        Command.CHANGE: Move(),
        Command.START: Move(to=MaintenanceStatus.IN_PROGRESS),
        Command.END: Wrong(
            "it has not started; POST /v1/maintenance-windows/{ref}/start comes first,"
            " or POST /v1/maintenance-windows/{ref}/cancel if it does not take place"
        ),
        Command.CANCEL: Move(to=MaintenanceStatus.CANCELLED),
    },
    MaintenanceStatus.IN_PROGRESS: {
        Command.CHANGE: Move(),
        Command.START: Nothing("it has started already"),
        Command.END: Move(to=MaintenanceStatus.COMPLETED),
        Command.CANCEL: Wrong(
            "it has started; end it with POST /v1/maintenance-windows/{ref}/end"
            ' and the outcome "undone"'
        ),
    },
    MaintenanceStatus.COMPLETED: {
        Command.CHANGE: _OVER,
        Command.START: _OVER,
        Command.END: Nothing("it has ended already"),
        Command.CANCEL: _OVER,
    },
    MaintenanceStatus.CANCELLED: {
        Command.CHANGE: _CALLED_OFF,
        Command.START: _CALLED_OFF,
        Command.END: _CALLED_OFF,
        Command.CANCEL: Nothing("it is cancelled already"),
    },
}


def decide(command: Command, status: MaintenanceStatus) -> Decision:
    return TRANSITIONS[status][command]
