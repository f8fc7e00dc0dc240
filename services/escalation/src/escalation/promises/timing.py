"""The moments of a promise: a nudge, at risk, broken, and when it is let go."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts.words import Promise, PromiseState

from escalation.promises.state import Pledge, Stage

GRACE = timedelta(seconds=5)
"""Proof of a message in time may arrive a little later; nothing is called broken before."""

GIVE_UP_AFTER = timedelta(hours=24)
"""A promise this long past is told to nobody any more, and no late word is waited for."""

NUDGE = timedelta(minutes=5)
RISK = timedelta(minutes=2)
CLOSURE_RISK = timedelta(hours=2)
"""A closing note is not written in two minutes."""

TEAM = timedelta(minutes=10)
FIVE_MINUTES = timedelta(minutes=5)
ROUNDED_FROM = timedelta(minutes=10)


def span(pledge: Pledge) -> timedelta:
    """How long a time was promised: the cadence, or less where a person set the moment."""
    length = pledge.due_at - pledge.made_at
    every = pledge.cadence.every if pledge.cadence else length
    return min(length, every) if pledge.promise is Promise.UPDATE else length


def nudge_at(pledge: Pledge) -> datetime:
    return pledge.due_at - min(NUDGE, span(pledge) / 3)


def team_at(pledge: Pledge) -> datetime:
    """When the account manager hears that the word is still not written."""
    every = pledge.cadence.every if pledge.cadence else span(pledge)
    return pledge.due_at + min(TEAM, every / 3)


def risk_at(pledge: Pledge) -> datetime:
    longest = CLOSURE_RISK if pledge.promise is Promise.CLOSURE else RISK
    return pledge.due_at - min(longest, span(pledge) / 6)


def judge_at(pledge: Pledge) -> datetime:
    return pledge.due_at + GRACE


def give_up_at(pledge: Pledge) -> datetime:
    return pledge.due_at + GIVE_UP_AFTER


def next_stage(pledge: Pledge) -> tuple[Stage, datetime] | None:
    """The next nudge while the word is not written, and its moment."""
    if pledge.promise is not Promise.UPDATE or not pledge.unwritten:
        return None
    moments = {
        Stage.NOC_BEFORE: nudge_at(pledge),
        Stage.NOC_AFTER: pledge.due_at,
        Stage.TEAM: team_at(pledge),
    }
    return next(((s, at) for s, at in moments.items() if s > pledge.stage), None)


def next_moment(pledge: Pledge) -> datetime | None:
    """When this promise has to be looked at next; in the past if something is overdue."""
    if not pledge.live:
        return None
    moments = [_next_judgement(pledge)]
    if (nudge := next_stage(pledge)) is not None:
        moments.append(nudge[1])
    return min((moment for moment in moments if moment is not None), default=None)


def following(pledge: Pledge, now: datetime) -> datetime | None:
    """What a word written now would promise next; ``None`` where service hours may move it.

    incident-api makes the promise, by this same rule.
    """
    cadence = pledge.cadence
    if cadence is None or not cadence.always:
        return None
    steps = max(1, (now - pledge.due_at) // cadence.every)
    while (due := _rounded(pledge.due_at + steps * cadence.every, cadence.every)) <= now:
        steps += 1
    return due


def _next_judgement(pledge: Pledge) -> datetime | None:
    match pledge.state:
        case PromiseState.PENDING:
            return risk_at(pledge)
        case PromiseState.AT_RISK:
            return judge_at(pledge)
        case _:
            # Nobody has written: it stays open until somebody does, or the incident is over.
            return give_up_at(pledge) if pledge.causes else None


def _rounded(moment: datetime, cadence: timedelta) -> datetime:
    if cadence < ROUNDED_FROM:
        return moment
    return moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % FIVE_MINUTES
