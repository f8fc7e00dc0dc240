"""What a client may cause in an hour of what costs money; past it a person is asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts.words import Channel

from dispatcher.gating.model import Gated, Limits, Wait

HOUR = timedelta(hours=1)
UNDER_WAY = timedelta(seconds=15)
"""When to look again while messages that may use it up are on their way."""
UNITS = {Channel.SMS: ("text message", "text messages"), Channel.VOICE: ("call", "calls")}
"""What has a budget, in words."""


def above_the_budget(row: Gated, limits: Limits, now: datetime) -> Wait | None:
    """Not for a row that was let go before: it may have arrived, and then it was counted."""
    budget = limits.budget
    if budget is None or row.tried:
        return None
    spent = [at for at in row.lately.spent if at > now - HOUR]
    if len(spent) >= budget:
        return Wait(spent[budget - 1] + HOUR, used_up(limits, budget), asks=True)
    if len(spent) + row.lately.under_way >= budget:
        return Wait(now + UNDER_WAY, used_up(limits, budget))
    return None


def used_up(limits: Limits, budget: int) -> str:
    one, many = UNITS.get(limits.channel or Channel.SMS, ("message", "messages"))
    amount = f"one {one}" if budget == 1 else f"{budget} {many}"
    return f"the budget of {amount} an hour for {limits.client} is used up; a person is asked"
