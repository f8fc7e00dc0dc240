"""Rules 6, 10, 12 and 14: words that no text of ours uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dispatcher.rendering.language import TEXTS, available
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.forms import call_of, rendered, sms_of
from services.dispatcher.tests.rendering.story import EVERY_KIND, TOLD, reader_of

OUT = {
    "en": "failover|nodes?|degraded performance|latency|RCA|impacted|mitigate[sd]?|leverage[sd]?"
    "|P1|ETA|(?<!as )soon|shortly|inconvenience|patience|seriously|apologi[sz]e|root cause"
    "|as possible",
    "de": "Workaround|Incident|Update|ETA|Ticket|eventuell|in Kürze|Unannehmlichkeiten|Geduld"
    "|bis spätestens|Failover|du|dein",
    "fr": "impact[ée]e?s?|ETA|workaround|ticket|éventuellement|sous peu|gêne|patience|failover|tu",
    "es": "soportar|remover|ETA|workaround|tique|eventualmente|en breve|molestias|paciencia"
    "|failover|tú|vosotros",
}
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
SOURCES = [path for language in sorted(available()) for path in (TEXTS / language).glob("*.j2")]


def words_of(path: Path) -> str:
    """The words of a template: strings in its expressions too, but no names of variables."""
    source = _JINJA.sub(" ", path.read_text(encoding="utf-8"))
    return re.sub(r"\{\{(.*?)\}\}", lambda found: _strings(found[1]), source, flags=re.DOTALL)


def _strings(expression: str) -> str:
    return " ".join(re.findall(r'"([^"]*)"', expression))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_text_of_ours_uses_plain_words(path: Path) -> None:
    found = re.findall(rf"\b(?:{OUT[path.parent.name]})\b", words_of(path))

    assert found == []


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_nothing_is_shouted(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()
    reader = reader_of(made, language)
    chat = rendered(made, Channel.SLACK, reader).chat
    assert chat is not None

    for said in (
        rendered(made, Channel.EMAIL, reader).text,
        sms_of(made, reader),
        call_of(made, reader),
        chat.header,
    ):
        assert "!" not in said
