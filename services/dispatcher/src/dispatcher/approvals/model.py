"""One approval, and what a batch of events decides about several."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.words import Channel, Kind, OnNoAnswer


@dataclass(frozen=True)
class Asked:
    """One client's message that waits for ``approver``, who was asked on ``content_sha256``.

    ``decide_by`` is when ``on_no_answer`` counts; it can be answered later, too.
    """

    id: str
    incident_id: str
    client_key: str
    kind: Kind
    cause_id: str
    content_sha256: str
    approver: str
    approver_name: str
    decide_by: datetime
    on_no_answer: OnNoAnswer


@dataclass(frozen=True)
class Request:
    """One approval as it is asked for: ``voids`` is the one it replaces."""

    asked: Asked
    subject: str
    body: str
    people: int
    channels: tuple[Channel, ...]
    voids: str | None = None


@dataclass(frozen=True)
class Ended:
    """What became of one: a sentence, and whether the message goes."""

    asked: Asked
    outcome: str
    sent: bool


@dataclass
class Approvals:
    """By id: those that can be answered as this batch sees them, new ones, and those that end.

    ``unknown`` were answered and never asked for, as far as is known here.
    """

    open: dict[str, Asked] = field(default_factory=dict)
    new: dict[str, Request] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    """The incident of each."""

    def ask(self, request: Request) -> None:
        self.open[request.asked.id] = request.asked
        self.new[request.asked.id] = request

    def end(self, asked: Asked, outcome: str, *, sent: bool) -> None:
        if self.open.pop(asked.id, None) is not None:
            self.ended[asked.id] = Ended(asked, outcome, sent)
