"""The words of a call's reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from escalation.policies.words import reason, spoken_for_by_nobody
from escalation.triggers.phrases import listed, span
from tocsin_contracts.words import Severity


def test_the_reason_says_how_bad_how_long_and_that_nobody_has_it() -> None:
    said = reason(
        {},
        Severity.SEV1,
        open_for=timedelta(minutes=15, seconds=2),
        ends=spoken_for_by_nobody(["ACME"]),
    )

    assert said == "critical, open for 15 minutes, and nobody speaks for us with ACME yet"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (46 * 60, "46 minutes"),
        (3600, "1 hour"),
        (7500, "2 hours 5 minutes"),
    ],
)
def test_a_span_in_words(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["ACME"], "ACME"),
        (["ACME", "Beta AG"], "ACME and Beta AG"),
        (["ACME", "Beta AG", "C", "D"], "ACME, Beta AG and 2 more"),
    ],
)
def test_names_are_listed_shortly(names: list[str], words: str) -> None:
    assert listed(names) == words
