"""An outage as triggers see it, from ten past two on a Tuesday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.triggers.facts import Facts, SeveritySpan
from escalation.triggers.registry import occurrences
from tocsin_contracts.policies import ChainKind, Trigger
from tocsin_contracts.words import Severity

START = datetime(2026, 11, 24, 13, 10, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@dataclass(frozen=True)
class Client:
    """One client's escalation."""

    client_key: str = "acme"
    kind: ChainKind = ChainKind.ACCOUNT
    started_at: datetime = START
    confirmed: object | None = None


def facts(severity: Severity = Severity.SEV1, **given: Any) -> Facts:
    since = {level: START for level in Severity if severity.at_least(level)}
    given = {"severities": (SeveritySpan(severity, START),), **given}
    return Facts(severity, since, known_at=START, **given)


def true(
    trigger: Trigger, known: Facts | None = None, client: Client = Client()
) -> list[tuple[str, float]]:
    """Each time it is true: its id, and since which minute."""
    found = occurrences(trigger, client, known or facts())
    return [(one.id, (one.since - START).total_seconds() / 60) for one in found]
