"""What is left out of a text message when it is too long, and what never is."""

from __future__ import annotations

import re

import pytest
from dispatcher.rendering.gsm7 import septets
from dispatcher.rendering.marks import Stamp, marks_of
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.rich import at_words
from dispatcher.rendering.sms import Sms, fitted, pieces
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.cast import ACME, JO, PROVIDER, notice, update
from services.dispatcher.tests.rendering.forms import rendered
from services.dispatcher.tests.rendering.story import EVERY_KIND, reader_of

NOBODY = Stamp(())
LINK = "nl.example/k7Qw92TaX4mB"
SHORT = JO.model_copy(update={"short_link": f"https://{LINK}"})


def sms(*paragraphs: str, link: str | None = LINK, number: str | None = None) -> Sms:
    return Sms(tuple(pieces(paragraphs)), link=link, number=number)


def said(*paragraphs: str) -> str:
    return fitted([sms(*paragraphs)], NOBODY)


def test_what_fits_is_said_whole_in_the_order_it_was_written() -> None:
    assert said("Nordlicht IT:", "Mail EU down.", "?2 Cause not known.", "Next by 10:30.") == (
        f"Nordlicht IT: Mail EU down. Cause not known. Next by 10:30. {LINK}"
    )


def test_the_highest_number_goes_first_and_only_as_many_as_must() -> None:
    filler = "We are checking the storage and whether it can move."
    parts = ("Nordlicht IT:", "Mail EU down.", f"?2 {filler}", f"?1 {filler}", "Next by 10:30.")

    text = said(*parts)

    assert text.count(filler) == 1
    assert "?" not in text
    assert text.startswith("Nordlicht IT: Mail EU down.")
    assert text.endswith(f"Next by 10:30. {LINK}")


def test_the_link_is_last_without_scheme_and_without_a_full_stop() -> None:
    text = rendered(notice(), Channel.SMS, SHORT).text

    assert text.endswith(f" {LINK}")
    assert text.startswith("Nordlicht IT: ")


def test_a_reader_without_a_short_link_gets_the_status_page_itself() -> None:
    whole = JO.model_copy(update={"short_link": None})

    text = rendered(notice(), Channel.SMS, whole).text

    assert text.endswith("status.nordlicht.example/k7Qw92TaX4mB")


def test_a_link_too_long_for_a_text_message_gives_way_to_the_number() -> None:
    endless = "https://status.example/" + "x" * 300
    signed = JO.model_copy(update={"short_link": None, "status_link": endless})

    text = rendered(notice(), Channel.SMS, signed).text

    assert "xxx" not in text
    assert text.endswith("Call +49 30 23125 142")


def test_each_reader_has_their_own_link_in_a_shared_rendering() -> None:
    mia = SHORT.model_copy(update={"short_link": "https://nl.example/AAAAAAAAAAAA"})

    jo, other = (rendered(notice(), Channel.SMS, reader).text for reader in (SHORT, mia))

    assert jo.removesuffix(LINK) == other.removesuffix("nl.example/AAAAAAAAAAAA")


LONG = notice(
    provider=PROVIDER.model_copy(update={"name": "Nordlicht Informationstechnik Service GmbH"}),
    client=ACME.model_copy(update={"name": "ACME Maschinenbau und Anlagentechnik Holding GmbH"}),
    systems=("Mail and calendar for the whole of Europe", "File share Berlin", "Printing"),
)


def test_names_are_shortened_last_and_at_words() -> None:
    text = rendered(LONG, Channel.SMS, SHORT).text

    assert septets(text) is not None
    assert (septets(text) or 0) <= 160
    assert "Next update by 10:30 CET" in text
    assert text.startswith("Nordlicht: Mail and calendar and 2 more down")
    assert text.endswith(LINK)


@pytest.mark.parametrize(
    ("name", "room", "shorter"),
    [
        ("Mail EU", 14, "Mail EU"),
        ("Nordlicht Informationstechnik GmbH", 14, "Nordlicht"),
        ("Informationstechnik GmbH", 14, "Informationst."),
        ("Mail & more for all", 8, "Mail"),
        ("Mail and calendar for Europe", 22, "Mail and calendar"),
    ],
)
def test_a_name_keeps_whole_words_or_is_abbreviated(name: str, room: int, shorter: str) -> None:
    assert at_words(name, room) == shorter


def test_a_text_that_is_too_long_by_itself_ends_at_a_word_and_keeps_the_next_word() -> None:
    text = said("Nordlicht IT:", "word " * 60, "Next update by 10:30 CET.")

    assert len(text) <= 160
    assert text.endswith(f"word... Next update by 10:30 CET. {LINK}")


def test_an_answer_may_take_two_messages_and_then_a_link() -> None:
    short, long = (
        Sms(tuple(pieces([words])), link=LINK, segments=2, link_if_cut=True)
        for words in ("yes " * 70, "yes " * 90)
    )

    assert fitted([short], NOBODY) == ("yes " * 70).strip()
    assert fitted([long], NOBODY).endswith(f"yes... {LINK}")
    assert len(fitted([long], NOBODY)) <= 306


def test_a_readers_own_name_is_written_in_the_alphabet_too() -> None:
    mark = marks_of(frozenset({"name"}))["name"]
    text = Sms(tuple(pieces([f"For {mark}."])))

    assert fitted([text], Stamp((("name", "Zoë Ç"),))) == "For Zoe Ç."


WORDS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), max_size=60)


@given(WORDS, WORDS, st.integers(0, 9))
def test_whatever_is_written_the_link_stays_whole_and_last(
    first: list[str], second: list[str], rank: int
) -> None:
    text = said("Nordlicht IT:", " ".join(first), f"?{rank} {' '.join(second)}")

    assert text.endswith(LINK)
    assert text.startswith("Nordlicht IT:")
    assert not re.search(r"  |\n", text)


def longest(made: Notice) -> Notice:
    """The same with names that nobody should have."""
    names = {"name": "Wirtschaftsprüfungsgesellschaft und Steuerberatung <b>& Söhne"}
    return made.model_copy(
        update={
            "provider": made.provider.model_copy(update=names),
            "client": made.client.model_copy(update=names) if made.client else None,
            "systems": tuple(names["name"] + str(n) for n in range(4)) if made.systems else (),
        }
    )


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_one_segment_with_the_longest_names(kind: str) -> None:
    made = longest(EVERY_KIND[kind]())
    reader = reader_of(made).model_copy(update={"short_link": f"https://{LINK}"})

    text = rendered(made, Channel.SMS, reader).text

    if made.kind is not Kind.ANSWERED:
        assert (septets(text) or 161) <= 160, text


def test_a_persons_long_words_make_it_no_longer() -> None:
    made = notice(Kind.UPDATE, update=update("We are still looking. " * 200))

    assert len(rendered(made, Channel.SMS, SHORT).text) <= 160


def test_a_person_is_called_in_the_words_of_their_language() -> None:
    assert rendered(notice(), Channel.SMS, Reader(person="x", locale="xx")).text.startswith("Nord")
