"""What was received against what was expected. Pure: journal lines in, findings out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.torture.model import Send


@dataclass(frozen=True)
class Window:
    """When something was broken, seconds of the system's clock."""

    fault: str
    began: float
    ended: float

    def covers(self, moment: float, *, before: float) -> bool:
        return self.began - before <= moment <= self.ended


@dataclass
class Tally:
    """``duplicates`` are second receipts of one message, with the moment of the first."""

    received: int = 0
    lost: Counter[Send] = field(default_factory=Counter)
    surplus: Counter[Send] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    duplicates: list[tuple[Send, float]] = field(default_factory=list)

    def inexcusable(self, windows: Sequence[Window], *, under_way: float) -> list[Any]:
        """Duplicates whose first receipt was not under way when something broke.

        ``under_way``: how long before the break, in seconds, a message counts as such: the record
        of its receipt could still be on its way to the database.
        """
        return [
            (send, first)
            for send, first in self.duplicates
            if not any(window.covers(first, before=under_way) for window in windows)
        ]


def tally(
    lines: Iterable[Mapping[str, Any]], expected: Counter[Send], names: Mapping[str, str]
) -> Tally:
    """Judge ``lines``; ``names`` maps an incident's reference to the name it was posted under."""
    found = Tally()
    receipts: dict[Send, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line["what"] != "message":
            continue
        found.received += 1
        send = (names.get(line["incident"] or "", "?"), line["channel"], line["to"][0])
        if send not in expected:
            found.wrong.append(dict(line))
            continue
        moment = datetime.fromisoformat(line["received_at"]).timestamp()
        receipts[send][line["key"] or line["id"]].append(moment)
    for send, count in expected.items():
        _judge(found, send, count, receipts[send])
    return found


def _judge(found: Tally, send: Send, count: int, messages: Mapping[str, list[float]]) -> None:
    difference = len(messages) - count
    if difference < 0:
        found.lost[send] = -difference
    if difference > 0:
        found.surplus[send] = difference
    for moments in messages.values():
        found.duplicates += [(send, min(moments))] * (len(moments) - 1)
