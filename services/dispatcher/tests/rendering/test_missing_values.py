"""A value that is missing takes its line with it: one "None", and the rest is doubted too."""

from __future__ import annotations

import re

import pytest
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.subject import REPLIES
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.forms import everything_said, rendered, said_in_text
from services.dispatcher.tests.rendering.missing import all_left_out, each_left_out
from services.dispatcher.tests.rendering.story import CLIENTS, EVERY_KIND, TOLD, reader_of

MACHINE = {
    "a value of ours": re.compile(r"\b(?:None|null|undefined|nan)\b|N/A"),
    "empty brackets": re.compile(r"\(\s*\)"),
    "a double space": re.compile(r"\S  +\S"),
    "a comma before a full stop": re.compile(r",\s*[.,]"),
    # A no-break space stands before some marks in French.
    "a space before a mark": re.compile(r"[ \t\n][.,;](?:\s|$)"),
    "a full stop twice": re.compile(r"[^.]\.\.(?:[^.]|$)"),
    "a colon before a mark": re.compile(r":\s*[.,;:]"),
    "a label with nothing behind": re.compile(r":\s*$"),
    "an unfinished sentence": re.compile(r"\b(?:by|since|at|to|for|with|and)\s*[.,:]?\s*$"),
    "a mark of a template": re.compile(r"[{}\ue000-\uf8ff]|\bm[0-9a-f]{16}x"),
}

LISTS = {Kind.DIGEST, Kind.QUESTION_RECEIVED}
HEADING = re.compile(r"^(?:\S+ ){4}.*:$")
"""A sentence that leads to the list of a digest, or to what somebody asks."""
GREETINGS = {"Hola, Jo Frei:", "Hola:"}
"""A Spanish letter begins with a colon."""
NO_NEXT_WORD = {Kind.RESOLVED, Kind.CLOSURE, Kind.REVIEW, Kind.FEEDBACK_REQUEST}


def offences(notice: Notice, reader: Reader | None = None) -> list[str]:
    return offences_in(notice, everything_said(notice, reader))


def offences_in(notice: Notice, everything: list[str]) -> list[str]:
    return [
        f"{name}: {said!r}"
        for said in everything
        for name, pattern in MACHINE.items()
        if pattern.search(said) and not _leads_on(notice, said)
    ]


def _leads_on(notice: Notice, said: str) -> bool:
    """Ends with a colon as it should."""
    return (notice.kind in LISTS and HEADING.search(said) is not None) or said in GREETINGS


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_with_everything_known(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()

    assert offences(made, reader_of(made, language)) == []


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_each_value_missing_by_itself(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()
    reader = reader_of(made, language)

    whole = everything_said if language == "en" else said_in_text

    found = {
        name: wrong
        for name, notice in each_left_out(made)
        if (wrong := offences_in(notice, whole(notice, reader)))
    }

    assert found == {}


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_every_value_missing_at_once(language: str, kind: str) -> None:
    notice = all_left_out(EVERY_KIND[kind]())

    assert offences(notice, Reader(person="jo", locale=language)) == []


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_a_reader_of_whom_little_is_known(language: str, kind: str) -> None:
    notice = EVERY_KIND[kind]()
    whole = reader_of(notice, language)

    for field in set(Reader.model_fields) - {"person", "locale"}:
        nothing = () if field == "roles" else None
        assert offences(notice, whole.model_copy(update={field: nothing})) == [], field


def test_leaving_out_reaches_what_it_should() -> None:
    left_out = {name for name, _ in each_left_out(EVERY_KIND["update"]())}

    assert {"via", "incident.eta", "update.progress", "account_manager.phone"} <= left_out


@pytest.mark.parametrize("kind", CLIENTS)
def test_system_and_next_word_are_said_whatever_is_missing(kind: str) -> None:
    for name, notice in each_left_out(EVERY_KIND[kind]()):
        mail = rendered(notice, Channel.APPRISE)
        body = mail.text.partition("\n\nNordlicht IT\n")[0]

        if notice.systems and notice.kind not in REPLIES:
            assert "Mail EU" in mail.subject, name
        due = notice.next_update_due or any(item.next_update_due for item in notice.digest)
        promised = due and notice.kind not in NO_NEXT_WORD
        told = re.search(r"Next update by|hear from us by", body) is not None
        mistaken = notice.correction is not None and notice.correction.right is None
        assert told == bool(promised and not mistaken), name
