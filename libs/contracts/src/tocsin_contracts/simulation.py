"""What incident-api asks escalation to play through without doing it, and the answer.

HTTP on escalation's internal port; no event.
"""

from __future__ import annotations

from typing import Any, Literal

from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.policies import ChainKind, EscalationPolicy
from tocsin_contracts.words import Channel

LAST_CALLED = "*"
"""As the person who answers: for each client whoever was called last before it."""


class SimulationAsked(Model):
    """``events`` are what incident-api would publish, as CloudEvents in the order of their times.

    ``revision`` is the directory revision to play on, ``until`` the end of the play.
    ``policies`` stand in for those of the same keys, and the answer says what that changes.
    """

    revision: int
    events: tuple[dict[str, Any], ...]
    until: Moment
    policies: tuple[EscalationPolicy, ...] = ()


class SimulatedLine(Model):
    """One line of the play. ``step`` counts from 0; ``people`` are empty for what calls nobody.

    ``what``: ``called``, ``skipped`` (``because`` says why), ``cancelled`` or ``exhausted``.
    """

    at: Moment
    what: Literal["called", "skipped", "cancelled", "exhausted"]
    chain: ChainKind = ChainKind.ACCOUNT
    policy: Slug
    step: int | None = None
    call: int = 0
    trigger: str | None = None
    client_keys: tuple[Slug, ...]
    person: PersonKey | None = None
    who: str | None = None
    role: str | None = None
    channels: tuple[Channel, ...] = ()
    because: str


class MovedLine(Model):
    before: SimulatedLine
    after: SimulatedLine


class PolicyChanges(Model):
    """What other policies alter: calls that come, that fall away, and that come at another time."""

    added: tuple[SimulatedLine, ...] = ()
    removed: tuple[SimulatedLine, ...] = ()
    moved: tuple[MovedLine, ...] = ()


class SimulationAnswer(Model):
    """``changes`` where ``policies`` were given; ``timeline`` is then the play on those."""

    timeline: tuple[SimulatedLine, ...]
    changes: PolicyChanges | None = None


class LintAsked(Model):
    """Look for gaps from ``since`` until ``until``; ``policies`` as in :class:`SimulationAsked`."""

    revision: int
    since: Moment
    until: Moment
    policies: tuple[EscalationPolicy, ...] = ()


class LintFinding(Model):
    """One gap: ``problem`` is a slug, ``detail`` a sentence with the way out.

    ``spans`` are the hours with nobody, at most ten.
    """

    problem: str
    detail: str
    policy: Slug | None = None
    step: int | None = None
    team: Slug | None = None
    client: Slug | None = None
    spans: tuple[tuple[Moment, Moment], ...] = ()


class LintAnswer(Model):
    findings: tuple[LintFinding, ...]
