"""One rendering serves many readers: only name, why-line and links are their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dispatcher.channels.message import Thread
from dispatcher.rendering import render
from dispatcher.rendering.draft import Draft, draft
from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.render import Renderer
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.cast import FIRST, JO
from services.dispatcher.tests.rendering.story_clients import initial, updated

MIA = Reader(
    person="mia",
    name="Mia <Ost> & Co",
    roles=("ceo", "data_protection-officer"),
    timezone="Europe/Berlin",
    status_link="https://status.nordlicht.example/mia?a=1&b=2",
    preferences_link="https://status.nordlicht.example/p/mia",
    review_link="https://status.nordlicht.example/review/mia",
    feedback_link="https://status.nordlicht.example/feedback/mia",
    short_link="https://nl.example/mia",
)


def test_readers_alike_share_one_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    renderer = Renderer()
    monkeypatch.setattr(render, "draft", _counted(made))

    for reader in (JO, MIA, JO, MIA):
        renderer.render(initial(), reader, Channel.EMAIL, FIRST)
    assert made == ["Europe/Berlin"]

    elsewhere = MIA.model_copy(update={"timezone": "Asia/Tokyo"})
    renderer.render(initial(), elsewhere, Channel.EMAIL, FIRST)
    assert made == ["Europe/Berlin", "Asia/Tokyo"]


def _counted(made: list[str]) -> Callable[..., Draft]:
    """As it is, and noting the zone of each text that is made."""

    def counted(parts: Parts, notice: Notice, reading: Reading, channel: Channel) -> Draft:
        made.append(reading.times.zone.key)
        return draft(parts, notice, reading, channel)

    return counted


def test_each_gets_their_own_and_nothing_of_anothers() -> None:
    renderer = Renderer()

    jo = renderer.render(initial(), JO, Channel.EMAIL, FIRST)
    mia = renderer.render(initial(), MIA, Channel.EMAIL, FIRST)

    assert "You get this as IT lead of ACME GmbH" in jo.text
    assert "You get this as CEO and data protection officer of ACME GmbH" in mia.text
    assert mia.text.startswith("Hello Mia <Ost> & Co,")
    assert "Hello Mia &lt;Ost&gt; &amp; Co," in (mia.html or "")
    assert 'href="https://status.nordlicht.example/mia?a=1&amp;b=2"' in (mia.html or "")
    for part in (mia.text, mia.html or ""):
        assert "Jo Frei" not in part
        assert "k7Qw92TaX4mB" not in part


def test_chat_and_webhook_links_are_each_readers_own() -> None:
    renderer = Renderer()
    for reader in (JO, MIA):
        chat = renderer.render(initial(), reader, Channel.SLACK, FIRST).chat
        hook = renderer.render(initial(), reader, Channel.WEBHOOK, FIRST).payload
        assert chat is not None
        assert hook is not None
        assert chat.links[0].url == reader.status_link
        assert hook["data"]["links"]["status"] == reader.status_link


def test_the_thread_is_not_shared() -> None:
    renderer = Renderer()
    threads = [Thread(message_id=f"<d-{number}@x>") for number in range(2)]

    made = [renderer.render(initial(), JO, Channel.EMAIL, thread).thread for thread in threads]

    assert made == threads


def test_another_notice_is_another_text() -> None:
    renderer = Renderer()
    later = updated().model_copy(update={"id": "n-2"})

    first = renderer.render(initial(), JO, Channel.EMAIL, FIRST)
    second = renderer.render(later, JO, Channel.EMAIL, FIRST)

    assert first.text != second.text


def test_old_renderings_are_let_go_and_made_again() -> None:
    renderer = Renderer(keep=2)
    notices = [initial().model_copy(update={"id": f"n-{number}"}) for number in range(5)]

    texts = [renderer.render(made, JO, Channel.EMAIL, FIRST).text for made in notices * 2]

    assert len(set(texts)) == 1
