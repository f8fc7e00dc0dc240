"""A client's own words in place of ours: which, for whom, and what becomes of broken ones."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from dispatcher.channels.message import RenderedMessage
from dispatcher.rendering import sandbox
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.own_words import chosen
from dispatcher.rendering.render import Renderer
from dispatcher.rendering.sandbox import Form, Refused
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.cast import ACME, FIRST, JO, but, notice, update


def variant(text: str, **fields: Any) -> TemplateVariant:
    return TemplateVariant.model_validate(
        {"channel": "email", "locale": "en", "text": text, **fields}
    )


def with_words(*variants: TemplateVariant, **fields: Any) -> Notice:
    kind = fields.get("kind", Kind.INITIAL)
    return notice(own_words={kind: variants}, **fields)


def sent(
    made: Notice, channel: Channel = Channel.EMAIL, reader: Reader = JO, *, failures: int = 0
) -> RenderedMessage:
    failed: list[int] = []
    renderer = Renderer(
        on_failure=lambda: pytest.fail("a text of ours failed"),
        on_own_failure=lambda: failed.append(1),
    )
    message = renderer.render(made, reader, channel, FIRST)
    assert len(failed) == failures
    return message


def test_an_own_body_stands_between_our_greeting_and_our_promise() -> None:
    text = sent(with_words(variant("{{ System }} is out since {{ started }}."))).text

    assert "Hello Jo Frei,\n\nMail EU is out since 09:52 CET.\n\nNext update by 10:30 CET" in text
    assert "What we are doing" not in text
    assert "INC-2041, critical." in text


def test_a_blank_line_begins_a_paragraph_in_text_and_html() -> None:
    message = sent(with_words(variant("One & <two>.\n\n{{ b('Three:') }} {{ client }}.")))

    assert "One & <two>.\n\nThree: ACME." in message.text
    assert "One &amp; &lt;two&gt;." in (message.html or "")
    assert "<strong>Three:</strong> ACME." in (message.html or "")


def test_a_paragraph_whose_value_is_missing_goes_as_in_our_own_texts() -> None:
    text = sent(with_words(variant("Out.\n\nExpected back by {{ eta }}.\n\nSorry."))).text

    assert "Out.\n\nSorry." in text


def test_own_html_is_kept_where_it_is_harmless() -> None:
    words = variant(
        "Plain.",
        html='<p onclick="x()">Rich <strong>{{ client }}</strong><script>alert(1)</script>'
        '<img src="https://spy.example/x"><a href="javascript:x()">a</a></p>',
    )
    made = with_words(words, client=ACME.model_copy(update={"called": "<b>A</b>"}))

    message = sent(made)

    assert "Rich <strong>&lt;b&gt;A&lt;/b&gt;</strong>" in (message.html or "")
    for harm in ("onclick", "alert", "spy.example", "javascript"):
        assert harm not in (message.html or "")
    assert "Plain." in message.text


@pytest.mark.parametrize(
    ("reader", "client", "said"),
    [
        ("de-CH", "en", "swiss"),
        ("de_ch", "en", "swiss"),
        ("de-AT", "en", "german"),
        (None, "de-CH", "swiss"),
        ("it", "de-AT", "german"),
        ("it", "fr", None),
        ("en-GB", "de", "english"),
    ],
)
def test_the_chain_is_the_readers_locale_then_the_clients_then_ours(
    reader: str | None, client: str, said: str | None
) -> None:
    variants = [
        variant("english", locale="en"),
        variant("german", locale="de"),
        variant("swiss", locale="de-CH"),
    ]

    found = chosen(variants, Channel.EMAIL, reader, client).block("body", {}, html=False)

    assert found == ([said] if said else None)


def test_each_block_goes_its_own_way_down_the_chain() -> None:
    variants = [
        variant("kurz", locale="de", channel="sms"),
        variant("body in English", locale="en"),
        variant("Grüezi", locale="de", block="greeting"),
    ]
    own = chosen(variants, Channel.EMAIL, "de", "en")

    assert own.block("greeting", {}, html=False) == ["Grüezi"]
    assert own.block("body", {}, html=False) == ["body in English"]
    assert own.block("questions", {}, html=False) is None
    assert own.block("sms", {}, html=False) is None


def test_a_text_message_keeps_our_sender_and_link_and_the_order_of_leaving_out() -> None:
    words = variant("{{ System }} is out.\n\n?1 " + "We look into it. " * 9, channel="sms")

    text = sent(with_words(words), Channel.SMS).text

    assert text == "Nordlicht IT: Mail EU is out. nl.example/k7Qw92TaX4mB"


def test_a_call_keeps_our_opening_and_our_keys() -> None:
    text = sent(with_words(variant("Mail is out.", channel="voice")), Channel.VOICE).text

    assert text.startswith("This is an automated call from Nordlicht IT. Mail is out. To confirm")


def test_chat_words_without_a_block_replace_the_fields_and_keep_our_header() -> None:
    chat = sent(with_words(variant("All that we know.", channel="chat")), Channel.SLACK).chat

    assert chat is not None
    assert chat.header == "Mail EU down since 09:52 CET"
    assert (chat.fields, chat.body) == ((), "All that we know.")
    fields = variant("Since | {{ started }}\n\nBack | {{ eta }}", channel="chat", block="fields")
    chat = sent(with_words(fields), Channel.TEAMS).chat
    assert chat is not None
    assert [(field.label, field.value) for field in chat.fields] == [("Since", "09:52 CET")]


def test_an_own_subject_of_an_exercise_says_so_in_its_language() -> None:
    german = {"locale": "de", "block": "fact", "subject": "Störung: {{ system }}"}
    drill = but(with_words(variant("x", **german)), drill=True)
    reader = JO.model_copy(update={"locale": "de"})

    assert sent(drill, reader=reader).subject == "ÜBUNG Störung: Mail EU [INC-2041]"


def test_an_own_subject_keeps_the_reference() -> None:
    words = variant("x", block="fact", subject="Störung: {{ system }} bei {{ client }}")

    assert sent(with_words(words)).subject == "Störung: Mail EU bei ACME [INC-2041]"
    long = variant("x", block="fact", subject="{{ system }} " * 20)
    assert len(sent(with_words(long)).subject) <= 60
    assert sent(with_words(long)).subject.endswith("[INC-2041]")


@pytest.mark.parametrize(
    "source",
    [
        "{{ nothing_of_this_name }}",
        "{{ eta.short }}",
        "{% if %}",
        "{% for x in systems %}{% for y in systems %}{% endfor %}",
        "{{ system.upper() }}",
        "{{ started.times.language.plural }}",
    ],
)
def test_words_that_break_are_replaced_by_ours_counted_and_logged(
    source: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        message = sent(with_words(variant(source)), failures=2)

    assert "Mail EU has been unavailable to ACME" in message.text
    assert "Mail EU has been unavailable to ACME" in (message.html or "")


def test_one_broken_block_takes_no_other_with_it() -> None:
    made = with_words(variant("{{ oops }}"), variant("Dear {{ client }},", block="greeting"))

    assert sent(made, failures=2).text.startswith("Dear ACME,\n\nMail EU has been unavailable")


EVIL = {
    "a billion": "{% for a in range(1000000000) %}x{% endfor %}",
    "a loop of loops": "{% for a in m %}" * 9 + "x" + "{% endfor %}" * 9,
    "multiplied": "{{ 'x' * 1000000000 }}",
    "powers": "{{ 9 ** 9 ** 9 ** 9 }}",
    "formatted": "{{ '%1000000000d' % 1 }}",
    "a method": "{{ 'x'.ljust(1000000000) }}",
    "a filter": "{{ 'x'|center(1000000000) }}",
    "doubling": "{% set a = 'xxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "a class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "a class by item": "{{ ''['__class__'] }}",
    "a class by filter": "{{ ''|attr('__class__') }}",
    "globals": "{{ plural.__globals__ }}",
    "a macro": "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "recursion": "{% for a in m recursive %}{{ loop(m) }}{% endfor %}",
    "a file": "{% include '/etc/passwd' %}",
    "our own text": "{% extends 'en/initial.j2' %}",
    "a namespace": "{% set n = namespace(x=1) %}{{ n.x }}",
    "deep": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "a long number": "{{ " + "9" * 10_000 + " }}",
    "long": "x" * 100_000,
    "our helpers": "{{ tocsin_joined }}",
    "a block": "{% block a %}{% endblock %}",
    "unpacked": "{{ b(*m) }}",
}


@pytest.mark.parametrize("name", EVIL)
def test_what_could_do_harm_is_refused_in_a_sentence(name: str) -> None:
    variables = {"m": list(range(1_000)), "plural": JO.model_copy, "b": str}

    with pytest.raises(Refused) as refused:
        sandbox.rendered(sandbox.compiled(EVIL[name], Form.TEXT), variables)

    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_forty_systems_and_their_names_are_no_loop_to_refuse() -> None:
    comma = "{% if not loop.last %}, {% endif %}"
    source = "{% for s in systems %}{{ loop.index }}. {{ s }}" + comma + "{% endfor %}"
    made = with_words(variant(source), systems=tuple(f"System {n}" for n in range(40)))

    assert "1. System 0, 2. System 1," in sent(made).text


PARTS = ["{{", "}}", "{%", "%}", "for", "in", "if", "x", "m", "~", "|upper", "(", ")", "[0]", ".a"]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=5), max_size=20).map(" ".join))
def test_whatever_is_written_as_a_template_is_said_or_refused(source: str) -> None:
    words = variant(source)

    said = chosen([words], Channel.EMAIL, "en").block("body", {"m": [1], "x": "y"}, html=False)

    assert said is None or all(isinstance(paragraph, str) for paragraph in said)


def test_what_a_person_wrote_is_not_a_template() -> None:
    made = with_words(variant("{{ message }}"), kind=Kind.UPDATE, update=update("{{ 7 * 7 }} <i>"))

    assert "{{ 7 * 7 }} <i>" in sent(made).text
    assert "&lt;i&gt;" in (sent(made).html or "")
