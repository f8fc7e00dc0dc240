"""Markdown that people wrote, as Slack marks it up; and how much of it is read at all."""

from __future__ import annotations

import pytest
from dispatcher.channels.slack_blocks import blocks
from dispatcher.rendering.rich import LONGEST_SOURCE, Rich, rich
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.cast import notice, update
from services.dispatcher.tests.rendering.forms import rendered


@pytest.mark.parametrize(
    ("source", "marked"),
    [
        ("**bold** and *leaning* and ~~gone~~", "*bold* and _leaning_ and ~gone~"),
        ("[the page](https://a.example/?a=1&b=2)", "<https://a.example/?a=1&amp;b=2|the page>"),
        ("run `a < b`", "run `a &lt; b`"),
        ("- one\n- **two**", "• one\n• *two*"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("```\na & b\n```", "```\na &amp; b\n```"),
        ("<!channel> <script>x</script>", "&lt;!channel&gt; &lt;script&gt;x&lt;/script&gt;"),
        ("one\n\ntwo\nthree", "one\n\ntwo\nthree"),
    ],
)
def test_the_same_source_in_slacks_own_markup(source: str, marked: str) -> None:
    assert Rich(source).mrkdwn == marked


@given(st.text(max_size=200))
def test_nobody_is_mentioned_by_what_is_written(source: str) -> None:
    marked = Rich(source).mrkdwn

    assert "<!" not in marked
    assert "<@" not in marked


def test_slack_gets_the_markup_and_the_plain_text_stays_for_others() -> None:
    words = "We moved **all** mailboxes to other storage.\n\n- " + "\n- ".join(["one step"] * 20)
    made = notice(Kind.UPDATE, update=update(words))

    chat = rendered(made, Channel.SLACK).chat

    assert chat is not None
    assert (chat.body or "").startswith("We moved all mailboxes to other storage.\n\n- one step")
    (section,) = [one for one in blocks(chat) if "• one step" in str(one)]
    assert section["text"]["text"].startswith("We moved *all* mailboxes to other storage.\n\n• one")


def test_a_text_too_long_for_a_block_is_cut_as_plain_text() -> None:
    made = notice(Kind.UPDATE, update=update("**word** " * 1_000))

    chat = rendered(made, Channel.SLACK).chat

    assert chat is not None
    assert chat.markup is None
    assert len(chat.body or "") <= 2_800


HOSTILE = {
    "words": "word " * 200_000,
    "brackets": "[" * 1_000_000,
    "stars": "*a **a " * 150_000,
    "quotes": "> " * 500_000,
    "nested lists": "".join("  " * n + "- a\n" for n in range(1_400)),
    "ticks": "`" * 1_000_000,
    "images": "![[" * 330_000,
    "html": "<script>alert(1)</script>" * 40_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_is_cut_before_it_is_read(name: str) -> None:
    read = rich(HOSTILE[name])

    assert read is not None
    assert len(read.source) <= LONGEST_SOURCE
    assert "<script" not in read.html
    assert read.mrkdwn is not None


def test_the_same_text_is_read_once() -> None:
    assert rich("the same **text**") is rich("the same **text**")
