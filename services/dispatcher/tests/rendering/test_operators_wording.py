"""A provider's own texts: used where they work, replaced and counted where they do not."""

from __future__ import annotations

import pytest
from dispatcher.rendering import metrics
from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice, Wording
from dispatcher.rendering.render import Renderer, best_wording
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.cast import FIRST, JO, notice
from services.dispatcher.tests.rendering.story import initial

DEFAULT = "Mail EU has been unavailable to ACME GmbH since 09:52 CET."


class Rendering:
    """A renderer, and whose templates failed in it."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self._renderer = Renderer(self.failures.append)

    def text(self, made: Notice, channel: Channel = Channel.EMAIL) -> str:
        return self._renderer.render(made, JO, channel, FIRST).text


def worded(*texts: str) -> Notice:
    return initial().model_copy(update={"wording": tuple(Wording(text=text) for text in texts)})


def test_their_text_stands_in_our_frame() -> None:
    rendering = Rendering()

    text = rendering.text(worded("**{{ system }}** is out for {{ client }} since {{ started }}."))

    assert "Mail EU is out for ACME GmbH since 09:52 CET." in text
    assert DEFAULT not in text
    assert text.startswith("Hello Jo Frei,")
    assert "Next update by 10:30 CET" in text
    assert rendering.failures == []


def test_a_line_whose_variable_has_no_value_goes() -> None:
    text = Rendering().text(worded("One.\n\nExpected by {{ eta }}.\n\nThree."))

    assert "One.\n\nThree." in text


@pytest.mark.parametrize(
    "broken",
    [
        "{{ sytem }}",
        "{{ system",
        "{% for x in %}",
        "{{ 1 / 0 }}",
        "{{ system.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ systems.append('x') }}",
        "{% include 'en/initial.j2' %}",
    ],
)
def test_a_text_that_fails_is_replaced_by_ours_and_counted(broken: str) -> None:
    rendering = Rendering()

    assert DEFAULT in rendering.text(worded(broken))
    assert rendering.failures == ["operators"]


def test_an_empty_text_is_no_text() -> None:
    assert DEFAULT in Rendering().text(worded("{{ eta }}"))


def test_a_failure_of_our_own_still_tells_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    rendering = Rendering()

    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Parts, "body", broken)

    for channel in (Channel.EMAIL, Channel.SLACK, Channel.WEBHOOK):
        text = rendering.text(initial(), channel)
        assert "Mail EU" in text
        assert "2026-11-24 08:52 UTC" in text
        assert "INC-2041" in text
    assert rendering.failures == ["own"] * 3


def test_failures_are_counted_where_an_alarm_can_see_them() -> None:
    before = metrics.TEMPLATES_FAILED.labels("operators")._value.get()

    Renderer().render(worded("{{ nope }}"), JO, Channel.EMAIL, FIRST)

    assert metrics.TEMPLATES_FAILED.labels("operators")._value.get() == before + 1


def test_the_most_particular_text_is_taken() -> None:
    texts = (
        Wording(text="any"),
        Wording(text="english", locale="en"),
        Wording(text="mail", channel=Channel.EMAIL),
        Wording(text="english mail", channel=Channel.EMAIL, locale="en-GB"),
        Wording(text="german mail", channel=Channel.EMAIL, locale="de"),
    )

    def best(channel: Channel, language: str = "en") -> str | None:
        wording = best_wording(texts, channel, language)
        return wording.text if wording else None

    assert best(Channel.EMAIL) == "english mail"
    assert best(Channel.SLACK) == "english"
    assert best(Channel.EMAIL, "fr") == "mail"
    assert best(Channel.SLACK, "fr") == "any"
    assert best(Channel.WEBHOOK) is None


def test_a_persons_words_pass_through_their_text_as_markdown() -> None:
    made = notice(incident={"impact": "You cannot **send** mail."}).model_copy(
        update={"wording": (Wording(text="Effect: {{ impact }}"),)}
    )

    message = Renderer().render(made, JO, Channel.EMAIL, FIRST)

    assert "Effect: You cannot send mail." in message.text
    assert "Effect: You cannot <strong>send</strong> mail." in (message.html or "")
