"""Names and texts as people and tools write them: Markdown, markup, traps, and a lot of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from dispatcher.channels.message import RenderedMessage
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.rich import rich
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.cast import JO, notice
from services.dispatcher.tests.rendering.forms import everything_said, rendered, text_of
from services.dispatcher.tests.rendering.story import EVERY_KIND, reader_of
from services.dispatcher.tests.rendering.story_clients import updated

HOSTILE = "<b>Mail</b> & \"EU\" 'x'\r\nBcc: all@example.com\n{{ 7*7 }}"
NAMES = {"name", "phone", "desk_phone"}


def hostile(node: Any, key: str = "") -> Any:
    """The same notice, every name in it replaced."""
    if isinstance(node, dict):
        return {name: hostile(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [hostile(value, key) for value in node]
    named = key in NAMES or key in ("systems", "via", "new_systems", "what", "who")
    return HOSTILE if named and isinstance(node, str) else node


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_hostile_name_stays_a_name(kind: str) -> None:
    made = EVERY_KIND[kind]()
    trapped = Notice.model_validate(hostile(made.model_dump(mode="json")))
    reader = reader_of(made).model_copy(update={"name": HOSTILE, "why": HOSTILE})

    mail = rendered(trapped, Channel.EMAIL, reader)

    assert "<b>" not in (mail.html or "")
    assert "&lt;b&gt;" in (mail.html or "")
    assert "<b>Mail</b> & \"EU\" 'x' Bcc: all@example.com {{ 7*7 }}" in mail.text
    assert not any(
        said.startswith("Bcc:") for part in everything_said(trapped) for said in part.split("\n")
    )
    assert "\n" not in mail.subject + mail.from_name
    assert "49" not in mail.subject


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_hostile_link_cannot_leave_its_attribute(kind: str) -> None:
    made = EVERY_KIND[kind]()
    url = 'https://x.example/"><script>alert(1)</script>'
    reader = reader_of(made).model_copy(update={"status_link": url, "take_link": url})

    assert "<script" not in (rendered(made, Channel.EMAIL, reader).html or "")


def html_of(markdown: str) -> str:
    made = rich(markdown)
    assert made is not None
    return made.html


def plain_of(markdown: str) -> str:
    made = rich(markdown)
    assert made is not None
    return made.text


@pytest.mark.parametrize(
    ("markdown", "html", "text"),
    [
        ("plain words", "plain words", "plain words"),
        (
            "**bold** and *slanted*",
            "<strong>bold</strong> and <em>slanted</em>",
            "bold and slanted",
        ),
        ("one\ntwo", "one<br>\ntwo", "one\ntwo"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>", "one\n\ntwo"),
        (
            "- a\n- b",
            "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
            "- a\n- b",
        ),
        (
            "3. a\n4. b",
            '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>',
            "3. a\n4. b",
        ),
        (
            "see [our page](https://x.example/a)",
            'see <a href="https://x.example/a" rel="noopener noreferrer">our page</a>',
            "see our page (https://x.example/a)",
        ),
        ("# not a title", "# not a title", "# not a title"),
        ("`srv<1>`", "<code>srv&lt;1&gt;</code>", "srv<1>"),
    ],
)
def test_markdown_reads_the_same_in_both_parts(markdown: str, html: str, text: str) -> None:
    assert html_of(markdown) == html
    assert plain_of(markdown) == text


@pytest.mark.parametrize(
    "trap",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "![x](https://track.example/pixel.png)",
        '<a href="x" onclick="y">z</a>',
        "<style>*{display:none}</style>",
        '[x](https://a.example/"onmouseover="alert(1))',
    ],
)
def test_no_trap_becomes_markup(trap: str) -> None:
    made = html_of(trap)

    assert not re.search(r"<(?:script|img|style)|<[^>]*\s(?:on\w+|style)=", made)
    assert not re.search(r'href="(?:javascript|data)', made)


def with_message(message: str) -> Notice:
    made = updated()
    assert made.update is not None
    return made.model_copy(update={"update": made.update.model_copy(update={"message": message})})


def test_a_message_of_many_paragraphs_keeps_them() -> None:
    text = text_of(with_message("First.\n\nSecond, with\na break.\n\n- one\n- two"))

    assert "First.\n\nSecond, with\na break.\n\n- one\n- two\n\n" in text


def test_ten_thousand_characters_travel_whole_by_mail_and_fit_in_chat() -> None:
    long = with_message("Wörter und 😀 und עברית. " * 420)

    assert len(text_of(long)) > 10_000
    chat = rendered(long, Channel.SLACK).chat
    assert chat is not None
    assert len(chat.header) <= 150
    assert chat.body is not None
    assert len(chat.body) <= 2_800


def test_a_private_mark_cannot_be_smuggled_in() -> None:
    text = text_of(with_message("a\ue000b\ue003c ¶ d"))

    assert "abc ¶ d" in text


def test_control_characters_do_not_travel() -> None:
    everything = "".join(everything_said(with_message("a\x00\x07\x1b[31mb\u2028c")))

    assert not re.search(r"[\x00-\x08\x0b-\x1f\u2028]", everything)


def test_a_jinja_expression_in_a_message_is_just_words() -> None:
    assert "{{ 7*7 }}" in text_of(with_message("{{ 7*7 }}"))


def test_the_title_a_tool_gave_is_told_to_nobody() -> None:
    """It may name hosts; clients read their own names for their own systems."""
    for kind, make in EVERY_KIND.items():
        told = " ".join(everything_said(make()))
        assert "storage-eu-ctl-02" not in told, kind
        assert "user:eva" not in told, kind


def test_each_reader_is_greeted_by_name_or_just_greeted() -> None:
    def greeting(message: RenderedMessage) -> str:
        return message.text.split("\n")[0]

    assert greeting(rendered(notice())) == "Hello Jo Frei,"
    nameless = JO.model_copy(update={"name": None})
    assert greeting(rendered(notice(), Channel.EMAIL, nameless)) == "Hello,"
