"""What a text message may hold: 160 septets, counted as the network counts them."""

from __future__ import annotations

import pytest
from dispatcher.rendering.gsm7 import fits, parts, septets, transliterated
from hypothesis import given
from hypothesis import strategies as st

from devstack.sandbox.sms_segments import size_of

LINK = "nl.example/k7Qw92TaX4mB"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (
            "Nordlicht IT: Mail EU down for ACME since 09:52 CET. Cause not known, engineers at "
            f"work. Next update by 10:30 CET. Reply 1 = received {LINK}",
            157,
        ),
        (
            "Nordlicht IT: Mail EU working again since 15:34 CET (out 5 h 42 min). Kept mail "
            f"arrives by 17:00 CET. Trouble? Call +49 30 23125 100 {LINK}",
            156,
        ),
        (
            "Nordlicht IT: Mail EU bei ACME seit 09:52 Uhr MEZ ausgefallen, wir arbeiten daran. "
            f"Nächste Nachricht spätestens 10:30 Uhr. 1 = erhalten {LINK}",
            159,
        ),
        (
            "Nordlicht IT: Mail EU en panne chez ACME depuis 9h52 CET, nos techniciens y "
            f"travaillent. Prochain message au plus tard 10h30. 1 = lu {LINK}",
            156,
        ),
        (
            "Nordlicht IT: Mail EU no funciona en ACME desde las 09:52 CET, el equipo trabaja en "
            f"ello. Siguiente aviso antes de las 10:30. 1 = leido {LINK}",
            159,
        ),
        ("[INC-2041] 5 €", 8 + 4 + 3 + 2),
        ("ñ Ñ ¿ ¡ Ç ä ö ü ß é è à ù ì ò", 29),
        ("", 0),
    ],
)
def test_each_letter_costs_what_the_network_takes_for_it(text: str, count: int) -> None:
    assert septets(text) == count


@pytest.mark.parametrize("letter", ["ç", "ê", "á", "„", "–", "\u00a0", "П", "😀"])
def test_a_letter_beyond_the_alphabet_makes_it_another_kind_of_message(letter: str) -> None:
    assert septets(f"mail {letter}") is None


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("leído, Málaga, corazón, único", "leido, Malaga, corazon, unico"),
        ("año, ¿qué?", "año, ¿qué?"),
        ("français, forêt, sûr, là", "francais, foret, sur, là"),
        ("bœuf, naïf, Zoë", "boeuf, naif, Zoe"),
        ("„Postfach“ – heute…", '"Postfach" - heute...'),
        ("1\u202f234\u00a0: oui", "1 234 : oui"),
        ("Łódź, Győr, Žižkov", "Lodz, Gyor, Zizkov"),
        ("All is well 😀", "All is well "),
        ("n\u0303", "ñ"),
        ("Straße, Grüße, Ærø", "Straße, Grüße, Ærø"),
    ],
)
def test_what_it_lacks_is_written_in_what_it_has(written: str, sent: str) -> None:
    assert transliterated(written) == sent
    assert septets(sent) is not None


def test_another_script_stays_as_it_is_and_takes_more_room() -> None:
    assert transliterated("Почта") == "Почта"
    assert fits("Почта " * 20)
    assert not fits("Почта " * 23)


def test_several_segments_hold_a_little_less_each() -> None:
    assert fits("x" * 160)
    assert not fits("x" * 161)
    assert fits("x" * 306, segments=2)
    assert not fits("x" * 307, segments=2)
    assert not fits("€" * 81)


@given(st.text(alphabet="ab€[é ", max_size=480) | st.text(alphabet="aП😀", max_size=240))
def test_segments_are_counted_as_the_network_that_bills_them_counts(text: str) -> None:
    size = size_of(text)

    assert parts(text) == size.segments
    assert (septets(text) is None) == (size.encoding == "UCS-2")
    assert fits(text) == (size.segments <= (1 if size.encoding == "GSM-7" else 2))


@given(st.text(max_size=80))
def test_writing_it_twice_changes_nothing_more(text: str) -> None:
    once = transliterated(text)

    assert transliterated(once) == once
