"""Times, lengths and numbers as each language writes and says them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dispatcher.rendering.language import TEXTS, available, chain, choose, load
from dispatcher.rendering.notice import Reader
from dispatcher.rendering.spoken import in_words
from dispatcher.rendering.times import Times
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import Channel, Kind, QuestionSource, Severity, Status

from services.dispatcher.tests.rendering.cast import cet, notice
from services.dispatcher.tests.rendering.forms import rendered
from services.dispatcher.tests.rendering.story import EVERY_KIND

LANGUAGES = sorted(available())
FIRST_OF_DECEMBER = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)


def times(tag: str, zone: str = "Europe/Berlin") -> Times:
    return Times(load(tag), ZoneInfo(zone), cet("09:58"))


@pytest.mark.parametrize(
    ("tag", "full", "sms", "since", "by"),
    [
        ("en", "09:52 CET", "09:52 CET", "since 09:52 CET", "by 09:52 CET"),
        (
            "de",
            "09:52 Uhr (MEZ)",
            "09:52 Uhr MEZ",
            "seit 09:52 Uhr (MEZ)",
            "spätestens um 09:52 Uhr (MEZ)",
        ),
        ("fr", "9 h 52 (CET)", "9h52 CET", "depuis 9 h 52 (CET)", "au plus tard à 9 h 52 (CET)"),
        (
            "es",
            "09:52 (CET)",
            "09:52 CET",
            "desde las 09:52 (CET)",
            "a las 09:52 (CET) a más tardar",
        ),
    ],
)
def test_a_moment_of_today(tag: str, full: str, sms: str, since: str, by: str) -> None:
    moment = times(tag).at(cet("09:52"))

    assert (str(moment), moment.sms, moment.since, moment.by) == (full, sms, since, by)


@pytest.mark.parametrize(
    ("tag", "full", "at", "date"),
    [
        (
            "en",
            "Tuesday 1 December, 14:00 CET",
            "on Tuesday 1 December, 14:00 CET",
            "1 December",
        ),
        (
            "de",
            "Dienstag, 1. Dezember, 14:00 Uhr (MEZ)",
            "am Dienstag, 1. Dezember, um 14:00 Uhr (MEZ)",
            "1. Dezember",
        ),
        (
            "fr",
            "mardi 1er décembre, 14 h (CET)",
            "le mardi 1er décembre à 14 h (CET)",
            "1er décembre",
        ),
        (
            "es",
            "martes 1 de diciembre, 14:00 (CET)",
            "el martes 1 de diciembre a las 14:00 (CET)",
            "1 de diciembre",
        ),
    ],
)
def test_a_moment_of_another_day(tag: str, full: str, at: str, date: str) -> None:
    moment = times(tag).at(FIRST_OF_DECEMBER)

    assert (str(moment), moment.at) == (full, at)
    assert times(tag).date(FIRST_OF_DECEMBER) == date


def test_one_o_clock_has_another_article_in_spanish() -> None:
    early = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)

    assert times("es").at(early).at == "a la 01:30 (CET)"
    assert times("es").at(early).spoken_clock == "la una y treinta"


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "09:52 to 15:34 CET"),
        ("de", "09:52 bis 15:34 Uhr (MEZ)"),
        ("fr", "de 9 h 52 à 15 h 34 (CET)"),
        ("es", "de 09:52 a 15:34 (CET)"),
    ],
)
def test_a_range(tag: str, written: str) -> None:
    assert str(times(tag).span(cet("09:52"), cet("15:34"))) == written


@pytest.mark.parametrize(
    ("tag", "full", "sms"),
    [
        (
            "en",
            "Saturday 5 December, 22:00 to Sunday 6 December, 01:00 CET",
            "Sat 5 Dec 22:00 to Sun 6 Dec 01:00 CET",
        ),
        (
            "de",
            "Samstag, 5. Dezember, 22:00 bis Sonntag, 6. Dezember, 01:00 Uhr (MEZ)",
            "Sa. 5. Dez. 22:00 bis So. 6. Dez. 01:00 Uhr MEZ",
        ),
        (
            "fr",
            "du samedi 5 décembre, 22 h au dimanche 6 décembre, 1 h (CET)",
            "du sam. 5 déc. 22h au dim. 6 déc. 1h CET",
        ),
        (
            "es",
            "del sábado 5 de diciembre, 22:00 al domingo 6 de diciembre, 01:00 (CET)",
            "del sáb 5 dic 22:00 al dom 6 dic 01:00 CET",
        ),
    ],
)
def test_a_range_over_the_end_of_a_day(tag: str, full: str, sms: str) -> None:
    start = cet("22:00", day=5, month=12)

    span = times(tag).span(start, start + timedelta(hours=3))

    assert (span.full, span.sms) == (full, sms)
    assert not re.search(r"[A-Za-z]{4}", span.clocks.replace("CET", ""))


@pytest.mark.parametrize(
    ("tag", "today", "tomorrow"),
    [
        (
            "de",
            "bisher 14:00, jetzt 16:00 Uhr",
            "bisher heute 14:00, jetzt morgen, Mittwoch, 25. November, 09:00 Uhr",
        ),
        (
            "fr",
            "prévu à 14 h, désormais à 16 h",
            "prévu aujourd'hui à 14 h, désormais demain, mercredi 25 novembre, à 9 h",
        ),
        (
            "es",
            "antes las 14:00, ahora las 16:00",
            "antes hoy a las 14:00, ahora mañana, miércoles 25 de noviembre, a las 09:00",
        ),
    ],
)
def test_a_changed_time(tag: str, today: str, tomorrow: str) -> None:
    assert times(tag).was_now(cet("14:00"), cet("16:00")) == today
    assert times(tag).was_now(cet("14:00"), cet("09:00", day=25)) == tomorrow


@pytest.mark.parametrize(
    ("tag", "full", "short"),
    [
        ("en", "5 hours 42 minutes", "5 h 42 min"),
        ("de", "5 Stunden 42 Minuten", "5 Std 42 Min"),
        ("fr", "5 heures 42 minutes", "5 h 42 min"),
        ("es", "5 horas y 42 minutos", "5 h 42 min"),
    ],
)
def test_a_length(tag: str, full: str, short: str) -> None:
    length = times(tag).duration(timedelta(hours=5, minutes=42))

    assert (length.full.replace("\u00a0", " "), length.short) == (full, short)


@pytest.mark.parametrize(
    ("tag", "clock", "spoken"),
    [
        ("en", "09:52", "nine fifty-two, Berlin time"),
        ("en", "14:00", "fourteen hundred, Berlin time"),
        ("en", "11:00", "eleven, Berlin time"),
        ("en", "12:00", "twelve noon, Berlin time"),
        ("en", "17:05", "seventeen oh five, Berlin time"),
        ("en", "02:00", "two o'clock, Berlin time"),
        ("de", "09:52", "neun Uhr zweiundfünfzig, Berliner Zeit"),
        ("de", "14:00", "vierzehn Uhr, Berliner Zeit"),
        ("fr", "09:52", "neuf heures cinquante-deux, heure de Berlin"),
        ("es", "09:52", "las nueve y cincuenta y dos, hora de Berlín"),
    ],
)
def test_a_time_read_aloud(tag: str, clock: str, spoken: str) -> None:
    assert times(tag).at(cet(clock)).spoken == spoken


def test_another_day_read_aloud() -> None:
    evening = cet("22:00", day=5, month=12)

    assert times("en").at(evening).spoken_clock == (
        "Saturday the fifth of December at twenty-two hundred"
    )
    assert times("de").at(evening).spoken_day == "Samstag, dem fünften Dezember"
    assert times("fr").at(FIRST_OF_DECEMBER).spoken_day == "mardi premier décembre"


def test_a_place_is_named_in_the_readers_language() -> None:
    assert times("es", "Europe/London").at(cet("10:00")).spoken.endswith("hora de Londres")
    assert times("fr", "Europe/Amsterdam").at(cet("10:00")).spoken.endswith("heure d'Amsterdam")
    assert times("de", "UTC").at(cet("10:00")).spoken.endswith("Weltzeit")


@pytest.mark.parametrize("tag", LANGUAGES)
@given(minute=st.integers(0, 1439))
def test_every_minute_of_a_day_can_be_said(tag: str, minute: int) -> None:
    moment = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=minute)

    assert not re.search(r"\d|\|", times(tag, "UTC").at(moment).spoken)


def test_numbers_follow_the_region() -> None:
    assert load("de").number(1234.5) == "1.234,5"
    assert load("de-CH").number(1234.5) == "1’234.5"
    assert load("es").number(1234) == "1234"
    assert load("es").number(12345) == "12.345"
    assert load("es-MX").number(1234.5) == "1,234.5"
    assert load("fr").number(1234).replace("\u202f", " ") == "1 234"
    assert in_words(load("en"), 37) == "thirty-seven"
    assert in_words(load("en"), 370) == "370"


def test_plurals_follow_the_language() -> None:
    assert load("fr").plural(0, "message", "messages") == "message"
    assert load("fr").plural(0, "un message", "messages", "aucun message") == "aucun message"
    assert load("de").plural(0, "Nachricht", "Nachrichten") == "Nachrichten"
    assert load("es").plural(1, "mensaje", "mensajes") == "mensaje"


def test_a_locale_falls_back_to_its_language_then_the_clients_then_english() -> None:
    assert list(chain("de_CH", "fr")) == ["de-ch", "de", "fr", "fr", "en"]
    assert choose(None, "fr-CA", "de").folder == "fr"
    assert choose(None, "es-MX", "de").folder == "es"
    assert choose(None, "tlh", "de-AT").folder == "de"
    assert choose(None, "tlh", None).tag == "en"
    assert choose(None, "en-XX").tag == "en"
    assert choose(None, "../../etc", "").tag == "en"


def test_swiss_german_has_no_sharp_s() -> None:
    german, swiss = load("de"), load("de-CH")

    assert german.word("statuses", "monitoring").startswith("Maßnahme")
    assert swiss.word("statuses", "monitoring").startswith("Massnahme")
    assert swiss.region == "CH"


def test_a_kind_that_is_not_translated_yet_is_english_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dispatcher.rendering import language

    monkeypatch.setattr(language, "_says", lambda folder, kind: folder == "en")
    language._chosen.cache_clear()
    reader = Reader(person="jo", locale="de-CH", timezone="Europe/Berlin")

    message = rendered(notice(), Channel.EMAIL, reader)
    language._chosen.cache_clear()

    assert message.subject.startswith("Mail EU: disruption on 24 November")
    assert "Next update by 10:30 CET" in message.text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_words_for_the_closed_lists(tag: str) -> None:
    words = load(tag).words

    assert set(words["severities"]) == {severity.value for severity in Severity}
    assert set(words["statuses"]) == {status.value for status in Status}
    asked_by = {QuestionSource.PORTAL.value, QuestionSource.LINK.value, QuestionSource.PHONE.value}
    assert set(words["channels"]) == {channel.value for channel in Channel} | asked_by


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_list_of_spoken_words_is_complete(tag: str) -> None:
    spoken = load(tag).words["spoken"]
    wanted = {"whole_hours": 24, "hours": 24, "minutes": 60, "days": 31}

    assert {name: len(spoken[name].split("|")) for name in wanted} == wanted


def test_every_text_of_a_folder_is_of_a_kind_or_shared() -> None:
    shared = {"frame", "staff_frame", "plain_frame", "phrases"}
    kinds = {kind.value for kind in Kind}

    for tag in LANGUAGES:
        assert {path.stem for path in (TEXTS / tag).glob("*.j2")} - shared <= kinds


def test_staff_read_the_providers_language_and_clients_their_own() -> None:
    asked = EVERY_KIND["escalation"]()
    german = asked.model_copy(
        update={"provider": asked.provider.model_copy(update={"locale": "de"})}
    )
    told = EVERY_KIND["initial"]()
    of_a_german = told.model_copy(
        update={"provider": told.provider.model_copy(update={"locale": "de"})}
    )
    reader = Reader(person="ann", name="Ann Weiss")

    assert "Bitte übernehmen" in rendered(german, Channel.EMAIL, reader=reader).text
    assert "Mail EU has been" in rendered(of_a_german, Channel.EMAIL, reader=reader).text
