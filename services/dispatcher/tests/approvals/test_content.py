"""What a yes is bound to: every text of the message, whoever reads it."""

from __future__ import annotations

from dataclasses import replace

from dispatcher.approvals.content import Content, content_of
from dispatcher.planning.model import Delivery, Message, Target
from dispatcher.rendering.facts import ClientFacts, ProviderFacts
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.render import Renderer
from tocsin_contracts.words import Channel, DeliveryState, Kind

from services.dispatcher.tests.facts import START, snapshot

NOTICE = Notice(
    id="notice-1",
    kind=Kind.INITIAL,
    at=START,
    incident=snapshot(),
    provider=ProviderFacts(name="Nordlicht IT", timezone="Europe/Berlin"),
    client=ClientFacts(key="acme", name="ACME GmbH", timezone="Europe/Berlin"),
    systems=("Mail EU",),
)
JO = Reader(person="jo", name="Jo Frei", roles=("it_lead",), status_link="https://s.example/1")


def row(notice: Notice = NOTICE, reader: Reader = JO, channel: Channel = Channel.EMAIL) -> Delivery:
    target = Target(reader.person, "x", reader.roles, channel, "label", "because", reader)
    message = Message(notice.id, "i", "acme", "c", notice.kind, notice)
    return Delivery("d", message, target, "t", 1, DeliveryState.PENDING)


def content(*rows: Delivery) -> Content:
    return content_of(rows, Renderer())


def test_it_is_the_same_in_every_process_and_for_every_reader() -> None:
    mia = JO.model_copy(update={"person": "mia", "name": "Mia Roth", "roles": ("ceo",)})
    assert content(row()).sha256 == content(row(reader=mia)).sha256 == content(row()).sha256


def test_another_id_of_the_same_words_changes_nothing() -> None:
    again = NOTICE.model_copy(update={"id": "notice-2"})
    assert content(row(again)).sha256 == content(row()).sha256


def test_any_other_word_is_another_text() -> None:
    other = NOTICE.model_copy(
        update={"id": "notice-2", "incident": snapshot(impact="You cannot send mail.")}
    )
    assert content(row(other)).sha256 != content(row()).sha256


def test_another_channel_language_or_timezone_is_something_more_to_say() -> None:
    alone = content(row()).sha256
    for further in (
        row(channel=Channel.SLACK),
        row(reader=JO.model_copy(update={"locale": "de"})),
        row(reader=JO.model_copy(update={"timezone": "America/New_York"})),
    ):
        assert content(row(), further).sha256 != alone


def test_the_order_of_the_readers_says_nothing() -> None:
    german = row(reader=JO.model_copy(update={"locale": "de"}))
    assert content(row(), german).sha256 == content(german, row()).sha256


def test_the_approver_reads_the_mail_where_there_is_one() -> None:
    slack = row(channel=Channel.SLACK)
    shown = content(slack, row())
    assert shown.body.startswith("Hello Jo Frei,")
    assert shown == replace(content(row(), slack))
