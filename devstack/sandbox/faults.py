"""Faults on demand: how a provider misbehaves, for whom, how often, and how often it did."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Mode = Literal["reject", "retry", "rate_limit", "slow", "drop", "tarpit", "off"]
Phase = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "dot"]

CHANNELS = ("email", "slack", "webhook", "sms", "voice", "teams", "apprise")
ANSWERS_HTTP = {
    "webhook": "a webhook's receiver",
    "teams": "a Teams workflow",
    "apprise": "a receiver of Apprise's",
    "sms": "Twilio",
    "voice": "Twilio",
}
NEVER_SECONDS = 3600.0
SMTP_REFUSALS = frozenset(str(code) for code in range(400, 600))
PHASES_BEFORE_A_RECIPIENT = ("connect", "ehlo", "auth", "mail")


class Fault(BaseModel):
    """One fault of one channel.

    ``code``: an SMTP reply code, an HTTP status, or for Slack's ``reject`` an error name.
    ``retry_after``: seconds, told to the sender. ``seconds``: how long ``slow`` and ``tarpit``
    hold the answer back. ``share``: which part of the matching sends is hit, 0 to 1.
    ``to``: only this destination. ``count``: ends after so many hits. ``phase``: where in an
    SMTP conversation it strikes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode
    code: int | str | None = None
    retry_after: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0, le=NEVER_SECONDS)
    share: float = Field(default=1.0, gt=0, le=1)
    to: str | None = None
    count: int | None = Field(default=None, ge=1)
    phase: Phase | None = None

    @model_validator(mode="after")
    def _a_recipient_is_known(self) -> Fault:
        if self.to and self.phase in PHASES_BEFORE_A_RECIPIENT:
            raise ValueError(f"at {self.phase} no recipient is known yet: use rcpt, data or dot")
        return self

    def problem_on(self, channel: str) -> str | None:
        """Why this fault means nothing on ``channel``; ``None`` if it does."""
        if self.code is None or channel == "slack":
            return None
        if channel in ANSWERS_HTTP and not str(self.code).isdigit():
            return f"code: {ANSWERS_HTTP[channel]} answers with a number"
        if channel == "email" and str(self.code) not in SMTP_REFUSALS:
            return "code: a mail server refuses with 400 to 599"
        return None

    @property
    def strikes_at(self) -> Phase:
        if self.phase is not None:
            return self.phase
        return "dot" if self.mode in ("slow", "drop", "tarpit") else "rcpt"

    @property
    def delay(self) -> float:
        """Seconds until the answer: a tarpit outlasts any sender's patience."""
        if self.seconds is not None:
            return self.seconds
        return NEVER_SECONDS if self.mode == "tarpit" else 3.0


class Standing:
    """A fault put up on a channel, with what it did so far."""

    def __init__(self, channel: str, fault: Fault) -> None:
        self.channel = channel
        self.fault = fault
        self.active = True
        self.matched = 0
        self.fired = 0
        self._owed = 0.0

    def strikes(self, to: list[str]) -> bool:
        """Decide about one send. Shares are spread evenly, not drawn, so a run can be repeated."""
        if not self.active or not self._is_meant(to):
            return False
        self.matched += 1
        self._owed += self.fault.share
        if self._owed < 1 - 1e-9:
            return False
        self._owed -= 1
        self.fired += 1
        self.active = self.fault.count is None or self.fired < self.fault.count
        return True

    def _is_meant(self, to: list[str]) -> bool:
        wanted = self.fault.to
        return wanted is None or wanted.casefold() in (name.casefold() for name in to)

    def item(self) -> dict[str, object]:
        return {
            "channel": self.channel,
            **self.fault.model_dump(exclude_none=True),
            "active": self.active,
            "matched": self.matched,
            "fired": self.fired,
        }


class Faults:
    """At most one active fault a channel; those that ended stay readable."""

    def __init__(self) -> None:
        self._current: dict[str, Standing] = {}
        self.history: list[Standing] = []

    def put(self, channel: str, fault: Fault) -> Standing | None:
        """Replace the channel's fault; ``off`` ends it. Returns what now stands or just ended."""
        before = self._current.pop(channel, None)
        if before is not None:
            before.active = False
        if fault.mode == "off":
            return before
        standing = Standing(channel, fault)
        self._current[channel] = standing
        self.history.append(standing)
        return standing

    def hit(self, channel: str, to: list[str], phase: Phase | None = None) -> Fault | None:
        """The fault that strikes this send, if one does; counts it as fired."""
        standing = self._current.get(channel)
        if standing is None or (phase is not None and standing.fault.strikes_at != phase):
            return None
        return standing.fault if standing.strikes(to) else None

    def fired(self, channel: str) -> int:
        return sum(standing.fired for standing in self.history if standing.channel == channel)

    def clear(self) -> None:
        self._current.clear()
        self.history.clear()
