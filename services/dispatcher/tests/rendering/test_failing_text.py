"""A text of ours that fails is replaced by the plainest one, and counted."""

from __future__ import annotations

import pytest
from dispatcher.rendering import metrics
from dispatcher.rendering.draft import last_resort
from dispatcher.rendering.frame import Parts
from dispatcher.rendering.marks import Stamp
from dispatcher.rendering.render import Renderer
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.cast import FIRST, JO
from services.dispatcher.tests.rendering.story import EVERY_KIND
from services.dispatcher.tests.rendering.story_clients import initial


def test_a_failure_of_our_own_still_tells_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Parts, "body", broken)
    before = metrics.TEMPLATES_FAILED._value.get()

    for channel in (Channel.EMAIL, Channel.SLACK, Channel.WEBHOOK):
        text = Renderer().render(initial(), JO, channel, FIRST).text
        assert "Mail EU" in text
        assert "2026-11-24 08:52 UTC" in text
        assert "INC-2041" in text
    assert metrics.TEMPLATES_FAILED._value.get() == before + 3


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_has_words_for_that(kind: str) -> None:
    made = EVERY_KIND[kind]()

    for channel in Channel:
        message = last_resort(made, channel).stamped(Stamp(()), FIRST)
        assert message.subject
        assert "Nordlicht IT" in message.text
        assert "None" not in message.subject + message.text
