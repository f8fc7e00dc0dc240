"""How a telephone behaves that is called: who picks up, and which keys they press."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Does = Literal["answers", "hangs_up", "machine", "fax", "busy", "no-answer", "failed"]
ANSWERED_BY = {"answers": "human", "hangs_up": "human", "machine": "machine_end_beep", "fax": "fax"}


class Habit(BaseModel):
    """``press``: the keys in order, one each time that one is asked for, and nothing after them;
    ``None`` waits for ``POST /answer``. ``hangs_up``: picks up and hangs up before the message is
    over. ``sip_code``: why a call failed (RFC 3261). ``untold``: how the call goes is told to
    nobody, as where a call-back is lost. ``to``: only this number; ``count``: ends after so many
    calls.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    does: Does = "answers"
    press: str | None = None
    sip_code: int | None = None
    untold: bool = False
    to: str | None = None
    count: int | None = Field(default=None, ge=1)

    @property
    def answered_by(self) -> str | None:
        """By Twilio's "Answering Machine Detection"; ``None``: nobody picked up."""
        return ANSWERED_BY.get(self.does)


class Phones:
    """Habits that were asked for, the newest first; else a person answers and waits."""

    def __init__(self) -> None:
        self._habits: list[tuple[Habit, list[int]]] = []

    def put(self, habit: Habit) -> None:
        """Replaces what the same number did before."""
        self._habits = [(h, left) for h, left in self._habits if h.to != habit.to]
        self._habits.insert(0, (habit, [habit.count or 0]))

    def called(self, number: str) -> Habit:
        """Counts as a call; a number's own habit goes before everybody's."""
        meant = [pair for pair in self._habits if pair[0].to in (None, number)]
        for habit, left in sorted(meant, key=lambda pair: pair[0].to is None):
            if habit.count is None:
                return habit
            if left[0] > 0:
                left[0] -= 1
                return habit
        return Habit()

    def clear(self) -> None:
        self._habits.clear()
