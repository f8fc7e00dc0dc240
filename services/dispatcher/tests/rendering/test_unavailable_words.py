"""Several reasons why nobody could be called, joined in one: each is said, or none is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dispatcher.rendering.facts import ProviderFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading, reading_for
from dispatcher.rendering.unavailable_words import in_words
from tocsin_contracts.words import Kind

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
LANGUAGES = ("en", "de", "fr", "es")


def read_in(language: str, now: datetime = NOW) -> Reading:
    provider = ProviderFacts(name="Nordlicht IT", timezone="Europe/Berlin")
    made = Notice(id="n-1", kind=Kind.STAFF_NOTE, at=now, provider=provider, fact="A fact.")
    return reading_for(made, language, None)


def said(clause: str, language: str) -> str:
    return in_words(clause, read_in(language)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "3 October is a public holiday for Ann Weiss, nobody is on duty"),
        ("de", "am 3. Oktober ist für Ann Weiss ein Feiertag, niemand hat Bereitschaft"),
        ("fr", "le 3 octobre est férié pour Ann Weiss, personne n'est d'astreinte"),
        ("es", "3 de octubre: festivo para Ann Weiss, nadie está de guardia"),
    ],
)
def test_a_holiday_and_nobody_on_duty(language: str, words: str) -> None:
    clause = "3 October is a public holiday for Ann Weiss, and nobody is on duty"

    assert said(clause, language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Ann Weiss is away until 1 December, Tom Klein is away until 5 December"),
        ("de", "Ann Weiss ist abwesend bis 1. Dezember, Tom Klein ist abwesend bis 5. Dezember"),
        (
            "fr",
            "Ann Weiss : absence (fin : 1er décembre), Tom Klein : absence (fin : 5 décembre)",
        ),
        (
            "es",
            "ausencia de Ann Weiss hasta: 1 de diciembre,"
            " ausencia de Tom Klein hasta: 5 de diciembre",
        ),
    ],
)
def test_two_who_are_away(language: str, words: str) -> None:
    clause = "Ann Weiss is away until 1 December, and Tom Klein is away until 5 December"

    assert said(clause, language) == words


APART = [
    "Ann Weiss is away until 14:00 on 1 December",
    "3 October is a public holiday for Tom Klein",
    "it is outside Eva Sommer's working hours",
    "3 October is a public holiday for Weiss, Ann",
    "nobody is on duty",
    "Klein, Tom is away until 5 December",
    "the duty calendar was last read at 10:07 on 23 November",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_joined_says_what_each_says_alone(language: str) -> None:
    each = [said(clause, language) for clause in APART]

    assert said(f"{', '.join(APART[:-1])}, and {APART[-1]}", language) == ", ".join(each)
    assert said(", and ".join(APART), language) == ", ".join(each)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "clause",
    [
        "3 October is a public holiday for Ann Weiss, and the moon shines",
        "the moon is full, and Ann Weiss is away until 1 December",
        "the moon is full, and ACME has no account team",
        "the account team names no deputy, and the moon is full",
    ],
)
def test_one_unknown_part_leaves_all_of_it_as_it_was(clause: str, language: str) -> None:
    assert said(clause, language) == clause


def test_a_firm_whose_name_reads_like_a_list() -> None:
    clause = "Smith, Jones, and Partners has no account team"

    assert said(clause, "de") == "Smith, Jones, and Partners hat kein Kundenteam"


def test_away_until_the_29_february_of_next_year() -> None:
    reading = read_in("de", datetime(2027, 11, 24, 9, 7, tzinfo=UTC))

    words = in_words("Ann Weiss is away until 29 February", reading).replace("\u00a0", " ")

    assert words == "Ann Weiss ist abwesend bis 29. Februar 2028"
