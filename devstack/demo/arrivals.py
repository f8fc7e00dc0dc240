"""What has landed in the sandbox since the story began, and how long each message took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import httpx

from devstack.demo.check import Message, find
from devstack.demo.expected import EXPECTED, Expected

LOOK_EVERY_SECONDS = 0.05
NOT_OVER = ("Call: queued", "Call: initiated", "Call: ringing", "Call: in-progress")


@dataclass(frozen=True)
class Arrival:
    """A message and what it answers; ``after`` is in seconds from the step that made it."""

    message: Message
    expected: Expected | None
    after: float


class Arrivals:
    def __init__(self, sandbox_url: str, show: Callable[[Arrival], None]) -> None:
        self._client = httpx.Client(base_url=sandbox_url, timeout=10)
        self._show = show
        self._last: str | None = None
        self._step_began: datetime | None = None
        self._calls: list[Message] = []
        self.all: list[Arrival] = []

    @property
    def messages(self) -> list[Message]:
        return [arrival.message for arrival in self.all]

    def step_begins(self, now: datetime) -> None:
        self._step_began = now

    def look(self) -> None:
        """Ask for what came since the last look, and show it."""
        since = {"since": self._last} if self._last else {}
        new = self._client.get("/messages", params=since).json()["items"]
        self._last = new[-1]["id"] if new else self._last
        for message in self._spoken([*self._calls, *new]):
            arrival = Arrival(message, _answered(message), self._after(message))
            self.all.append(arrival)
            self._show(arrival)

    def wait_for(self, wanted: Iterable[Expected], *, seconds: float) -> bool:
        """Until all of ``wanted`` came (``True``) or ``seconds`` have passed (``False``)."""
        open_ones = list(wanted)
        deadline = time.monotonic() + seconds
        while True:
            self.look()
            open_ones = [each for each in open_ones if find(each, self.messages) is None]
            if not open_ones or time.monotonic() > deadline:
                return not open_ones
            time.sleep(LOOK_EVERY_SECONDS)

    def _spoken(self, messages: Iterable[Message]) -> list[Message]:
        """Without calls that have not said yet what they are about: they are looked at again."""
        now = [self._again(m) if m["channel"] == "voice" else m for m in messages]
        self._calls = [m for m in now if m["subject"] in NOT_OVER and _answered(m) is None]
        return [message for message in now if message not in self._calls]

    def _again(self, message: Message) -> Message:
        found: Message = self._client.get(f"/messages/{message['id']}").json()
        return found

    def of(self, expected: Expected) -> Arrival | None:
        return next((each for each in self.all if each.expected == expected), None)

    def answer(self, arrival: Arrival, **how: str) -> httpx.Response:
        """Do what the reader would: ``click=`` opens the link of that name and presses its button,
        ``reply=`` writes back."""
        return self._client.post("/answer", json={"message_id": arrival.message["id"], **how})

    def _after(self, message: Message) -> float:
        if self._step_began is None:
            return 0.0
        received = datetime.fromisoformat(message["received_at"])
        return (received - self._step_began).total_seconds()


def _answered(message: Message) -> Expected | None:
    return next((each for each in EXPECTED if find(each, [message])), None)
