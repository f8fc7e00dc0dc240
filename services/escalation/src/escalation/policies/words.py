"""Why a step calls, in words: a phrase without a full stop, for "Why you, why now: …"; and why a
call was left out, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tocsin_contracts.policies import ChainKind, Hours
from tocsin_contracts.words import Severity

from escalation.triggers.limits import hours_in_words
from escalation.triggers.phrases import listed, span
from escalation.triggers.registry import RULES
from escalation.triggers.rule import Told

AT_ONCE = timedelta(minutes=1)
NOTHING_KNOWN = "Nobody could be called."


def reason(
    true: Mapping[str, Told],
    severity: Severity,
    *,
    open_for: timedelta,
    passed_on_by: Sequence[str] = (),
    after_pause: bool = False,
    ends: str = "",
) -> str:
    """``true`` are by trigger the conditions that hold, ``ends`` the phrase it closes with.

    >>> reason({}, Severity.SEV1, open_for=timedelta(0), ends=spoken_for_by_nobody(["ACME"]))
    'critical, and nobody speaks for us with ACME yet'
    """
    known = [f"{listed(passed_on_by)} passed it on"] if passed_on_by else []
    known.append(severity.words)
    if open_for >= AT_ONCE:
        known.append(f"open for {span(open_for)}")
    known.extend(RULES[trigger].phrase(told) for trigger, told in true.items())
    if after_pause:
        known.append("after a pause")
    known.append(ends)
    return ", ".join(phrase for phrase in known if phrase)


def spoken_for_by_nobody(clients: Sequence[str], kind: ChainKind = ChainKind.ACCOUNT) -> str:
    """What every reason ends with, unless somebody has it or it is about somebody by name."""
    if kind is ChainKind.CLIENT:
        return f"and nobody at {listed(clients)} has confirmed yet"
    return f"and nobody speaks for us with {listed(clients)} yet"


def outside_the_hours(hours: Hours, at: datetime) -> str:
    return f"It is outside the hours of this step ({hours_in_words(hours, at)})."


def sentence(clauses: Sequence[str]) -> str:
    """Clauses on who could not be called, a sentence each."""
    if not clauses:
        return NOTHING_KNOWN
    return " ".join(f"{clause[:1].upper()}{clause[1:]}." for clause in clauses)
