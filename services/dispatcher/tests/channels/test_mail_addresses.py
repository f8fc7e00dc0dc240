"""Addresses of our own: they name a delivery, and nobody else can make one."""

from __future__ import annotations

from dispatcher.channels.mail_addresses import MailAddresses, Named, Use, key_from

DELIVERY = "01936f2a-7c1e-7a2b-8c3d-4e5f60718293"
OURS = MailAddresses(
    "desk@nordwind.example",
    return_domain="bounce.nordwind.example",
    reply_domain="answer.nordwind.example",
    key=key_from("a secret", "mail addresses"),
)


def test_what_comes_back_to_them_names_its_delivery() -> None:
    path, reply = OURS.return_path(DELIVERY), OURS.reply_to(DELIVERY)

    assert path is not None
    assert reply is not None
    assert path.endswith("@bounce.nordwind.example")
    assert OURS.named_by(path) == Named(Use.BOUNCES, DELIVERY)
    assert OURS.named_by(reply.upper()) == Named(Use.REPLY, DELIVERY)
    assert max(len(one.partition("@")[0]) for one in (path, reply)) <= 64


def test_a_stranger_cannot_make_one() -> None:
    path = OURS.return_path(DELIVERY) or ""
    theirs = MailAddresses("x@y", return_domain="bounce.nordwind.example", key=b"another")

    assert OURS.named_by(theirs.return_path(DELIVERY) or "") is None
    assert OURS.named_by(path.replace("bounces+", "reply+")) is None
    assert OURS.named_by(path.replace("01936f2a", "01936f2b")) is None
    assert OURS.named_by("jo@acme.example") is None


def test_without_a_domain_or_a_key_mail_comes_back_to_the_sender() -> None:
    assert MailAddresses("desk@x.example", key=b"k").return_path(DELIVERY) is None
    assert MailAddresses("desk@x.example", reply_domain="x.example").reply_to(DELIVERY) is None
    assert OURS.return_path("no uuid") is None
