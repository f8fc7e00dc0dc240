"""How the providers of each channel do, as this process finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin_contracts import words
from tocsin_contracts.words import Circuit
from tocsin_runtime.clock import Clock

from dispatcher.channels import circuit
from dispatcher.channels.circuit import Breaker
from dispatcher.channels.port import RetryLater, SendOutcome, Unknown

PRIMARY = "primary"
SECONDARY = "secondary"


@dataclass(frozen=True)
class ProviderState:
    """``reason`` is what was heard last of a failure, without a secret, and ``failed_at`` when."""

    channel: words.Channel
    provider: str
    state: Circuit
    since: datetime
    reason: str | None = None
    failed_at: datetime | None = None


class Attempt:
    """One message on its way to one provider; ended once, with what came of it."""

    def __init__(self, provider: str, probe: bool) -> None:
        self.provider = provider
        self.probe = probe


class ChannelHealth:
    """The providers of one channel, in the order in which they are used."""

    def __init__(
        self,
        channel: words.Channel,
        providers: Iterable[str],
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.channel = channel
        self._clock = clock
        self._changed = changed
        now = clock.now()
        self._breakers = {name: Breaker() for name in providers}
        self._states = {
            name: ProviderState(channel, name, Circuit.CLOSED, now) for name in self._breakers
        }

    @property
    def states(self) -> list[ProviderState]:
        return list(self._states.values())

    def begin(self, provider: str) -> Attempt | None:
        """``None``: it is left alone just now. Whoever begins ends it, come what may."""
        admitted = circuit.admit(self._breakers[provider], self._clock.now())
        if admitted is None:
            return None
        self._now_is(provider, admitted.breaker)
        return Attempt(provider, admitted.probe)

    def end(self, attempt: Attempt, outcome: SendOutcome | None) -> None:
        """``None``: an error of our own, which says nothing of the provider."""
        name, now = attempt.provider, self._clock.now()
        if isinstance(outcome, RetryLater) and outcome.held:
            outcome = None  # We kept its pace; it was not asked.
        if isinstance(outcome, RetryLater | Unknown):
            known = self._states[name]
            self._states[name] = replace(known, reason=outcome.reason, failed_at=now)
            self._changed()
        breaker = circuit.heard(self._breakers[name], at_fault(outcome), now, probe=attempt.probe)
        self._now_is(name, breaker)

    def room(self) -> int | None:
        """How many messages may go now; ``None``: as many as the channel bears."""
        breakers = self._breakers.values()
        if not breakers or any(one.state is Circuit.CLOSED for one in breakers):
            return None
        now = self._clock.now()
        return sum(circuit.may_probe(one, now) for one in breakers)

    def rests_in(self) -> timedelta:
        """How long until the first of them is tried again."""
        now = self._clock.now()
        moments = [one.rests_until or now for one in self._breakers.values()]
        return max(min(moments, default=now) - now, timedelta())

    def _now_is(self, name: str, breaker: Breaker) -> None:
        was = self._breakers[name].state
        self._breakers[name] = breaker
        if breaker.state is not was:
            known = self._states[name]
            self._states[name] = replace(known, state=breaker.state, since=self._clock.now())
            self._changed()


class HealthRegistry:
    """Every channel's health; ``on_changed`` is told at once, and cheap."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._channels: dict[words.Channel, ChannelHealth] = {}
        self._on_changed: Callable[[], None] = lambda: None

    def on_changed(self, changed: Callable[[], None]) -> None:
        self._on_changed = changed

    def watch(self, channel: words.Channel, *providers: str) -> ChannelHealth:
        """Begin to watch; ``providers`` in the order of use, ``primary`` where none is named."""
        health = ChannelHealth(channel, providers or (PRIMARY,), self._clock, self._tell)
        self._channels[channel] = health
        return health

    def of(self, channel: words.Channel) -> ChannelHealth | None:
        return self._channels.get(channel)

    def states(self) -> list[ProviderState]:
        return [state for health in self._channels.values() for state in health.states]

    def _tell(self) -> None:
        self._on_changed()


def at_fault(outcome: SendOutcome | None) -> bool | None:
    """Whether the provider itself was; ``None``: that does not say. One that gives no clear answer
    is, though the message itself may have been taken."""
    if outcome is None:
        return None
    if isinstance(outcome, Unknown):
        return True
    return isinstance(outcome, RetryLater) and outcome.provider_down
