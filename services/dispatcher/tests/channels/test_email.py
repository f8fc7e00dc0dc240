"""Mail: kept connections, one recipient, threads by header, nothing injected."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from dispatcher.channels import mime
from dispatcher.channels.email import EmailChannel
from dispatcher.channels.message import Thread
from dispatcher.channels.port import Accepted, Destination, Rejected
from tocsin_contracts import words
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance import crooked
from services.dispatcher.tests.conformance.provider import message, settings_for

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
JO = Destination(words.Channel.EMAIL, "jo@acme.example", name="Jo Frei")


@pytest_asyncio.fixture
async def channel(sandbox: Sandbox) -> AsyncIterator[EmailChannel]:
    made = EmailChannel(settings_for(sandbox), Egress(loopback_only=True))
    await made.open()
    yield made
    await made.close()


async def test_a_first_message_begins_a_thread(channel: EmailChannel, sandbox: Sandbox) -> None:
    first = message(thread=Thread("<d-1@nordlicht.example>", list_id="<inc-2041.tocsin.x>"))

    outcome = await channel.send(first, JO, idempotency_key="d-1")

    assert outcome == Accepted("<d-1@nordlicht.example>")
    [mail] = sandbox.messages()
    assert mail["subject"] == "Mail EU: disruption on 24 November [INC-2041]"
    assert mail["from"].endswith("status@nordlicht.example")
    headers = mail["headers"]
    assert headers["From"] == "Nordlicht IT service status <status@nordlicht.example>"
    assert headers["To"] == "Jo Frei <jo@acme.example>"
    assert headers["Message-ID"] == "<d-1@nordlicht.example>"
    assert headers["List-Id"] == "<inc-2041.tocsin.x>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert "In-Reply-To" not in headers
    assert "Date" in headers


async def test_a_later_one_names_the_root_and_keeps_its_subject(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    later = message(
        thread=Thread("<d-2@n.example>", root_id="<d-1@n.example>", subject="As it was [INC-2041]")
    )

    await channel.send(later, JO, idempotency_key="d-2")

    [mail] = sandbox.messages()
    assert mail["subject"] == "As it was [INC-2041]"
    assert mail["headers"]["In-Reply-To"] == "<d-1@n.example>"
    assert mail["headers"]["References"] == "<d-1@n.example>"


async def test_both_parts_arrive_as_they_were_written(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    text = "Grüße, 世界 😀 עברית\n.\nFrom here on\n" + "long " * 400
    html = f"<p>Grüße, 世界 😀</p>\n<p>{'x' * 1500}</p>"

    await channel.send(replace(message(), text=text, html=html), JO, idempotency_key="d-1")

    [mail] = sandbox.messages()
    assert mail["text"].replace("\r\n", "\n").strip() == text.strip()
    # ASCII with character references: any client shows the same letters.
    assert "Gr&#252;&#223;e" in mail["html"]
    assert "x" * 1500 in mail["html"]


@pytest.mark.parametrize(
    "address",
    [
        "jo@acme.example\r\nRCPT TO:<eve@evil.example>",
        "jo@acme.example\nBcc: eve@evil.example",
        "jo@acme.example,eve@evil.example",
        "jo@acme.example> SIZE=1",
        "Jo <jo@acme.example>",
        "jo acme.example",
        "jo@",
        "",
        "x" * 250 + "@a.example",
    ],
)
async def test_an_address_that_is_none_is_refused_before_anything_is_sent(
    channel: EmailChannel, sandbox: Sandbox, address: str
) -> None:
    outcome = await channel.send(
        message(), Destination(words.Channel.EMAIL, address), idempotency_key="d-1"
    )

    assert isinstance(outcome, Rejected)
    assert sandbox.messages() == []


async def test_a_domain_with_an_umlaut_is_reached(channel: EmailChannel, sandbox: Sandbox) -> None:
    to = replace(JO, address="jo@müller.example")

    assert isinstance(await channel.send(message(), to, idempotency_key="d-1"), Accepted)
    assert sandbox.messages()[0]["to"] == ["jo@xn--mller-kva.example"]


async def test_letters_before_the_at_are_reached_where_the_server_can(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    to = replace(JO, address="jö@müller.example", name="Jö Frei")

    assert isinstance(await channel.send(message(), to, idempotency_key="d-1"), Accepted)

    [mail] = sandbox.messages()
    assert mail["to"] == ["jö@xn--mller-kva.example"]
    assert "<jö@xn--mller-kva.example>" in mail["raw"]


async def test_answers_and_bounces_come_back_where_the_message_says(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    marked = replace(message(), return_path="bounces+1@b.example", reply_to="reply+1@r.example")

    await channel.send(marked, JO, idempotency_key="d-1")

    [mail] = sandbox.messages()
    assert mail["from"] == "bounces+1@b.example"
    assert mail["headers"]["Reply-To"].endswith("<reply+1@r.example>")


async def test_unsubscribing_is_one_click_away(channel: EmailChannel, sandbox: Sandbox) -> None:
    """RFC 8058: the pair of headers, one address."""
    leaving = replace(message(), unsubscribe_url="https://t.example/unsubscribe/abc")

    await channel.send(leaving, JO, idempotency_key="d-1")

    headers = sandbox.messages()[0]["headers"]
    assert headers["List-Unsubscribe"] == "<https://t.example/unsubscribe/abc>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_a_line_break_in_a_name_or_subject_adds_no_header(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    trapped = replace(
        message(), subject="Mail\r\nBcc: eve@evil.example", from_name="N\r\nX-Evil: 1"
    )
    to = replace(JO, name="Jo\r\nCc: eve@evil.example")

    await channel.send(trapped, to, idempotency_key="d-1")

    [mail] = sandbox.messages()
    assert mail["to"] == ["jo@acme.example"]
    assert not {"Bcc", "Cc", "X-Evil"} & mail["headers"].keys()


async def test_letters_of_every_script_survive_in_names_and_subject(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    spoken = replace(message(), subject="Störung 世界 😀 [INC-2041]", from_name="Nördlicht, IT")

    await channel.send(spoken, replace(JO, name='Jürgen "J" Frei'), idempotency_key="d-1")

    [mail] = sandbox.messages()
    assert mail["subject"] == "Störung 世界 😀 [INC-2041]"
    assert mail["raw"].isascii()
    assert mail["to"] == ["jo@acme.example"]
    parsed = email.message_from_string(mail["raw"], policy=email.policy.default)
    assert parsed["From"].addresses[0].display_name == "Nördlicht, IT"
    assert parsed["To"].addresses[0].display_name == 'Jürgen "J" Frei'


@pytest.mark.parametrize(
    "subject",
    [
        "Postfach und 1 weitere: Störung am 24. November [INC-1001]",
        "Approve by 09:59 CET: first notice to Alster… [INC-2041]",
    ],
)
async def test_a_long_subject_begins_on_the_headers_own_line(
    channel: EmailChannel, sandbox: Sandbox, subject: str
) -> None:
    """An empty first line is a space before the subject, in some readers."""
    await channel.send(replace(message(), subject=subject), JO, idempotency_key="d-1")

    [mail] = sandbox.messages()
    assert mail["subject"] == subject


async def test_no_mail_ever_holds_another_recipient(
    channel: EmailChannel, sandbox: Sandbox
) -> None:
    people = [replace(JO, address=f"reader-{number}@acme.example") for number in range(20)]

    await asyncio.gather(
        *(
            channel.send(message(f"d-{n}"), to, idempotency_key=f"d-{n}")
            for n, to in enumerate(people)
        )
    )

    for mail in sandbox.messages():
        assert len(mail["to"]) == 1
        assert mail["raw"].count("@acme.example") == 1


async def test_encoded_bytes_are_sent_as_they_are(channel: EmailChannel, sandbox: Sandbox) -> None:
    raw = mime.mail(message(), JO, sender="status@nordlicht.example", now=NOW).as_bytes()

    await channel.send(replace(message(), encoded=raw, text="other"), JO, idempotency_key="d-1")

    [mail] = sandbox.messages()
    assert "unavailable" in mail["text"]


class Server:
    """A mail server that counts connections and closes each with 421 after ``patience`` mails."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.connections = 0
        self.mails = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        here = 0
        writer.write(b"220 counting\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"MAIL" and here >= self.patience:
                writer.write(b"421 enough for this connection\r\n")
                return
            writer.write(b"354 go on\r\n" if verb == b"DATA" else b"250 OK\r\n")
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                here += 1
                self.mails += 1
                writer.write(b"250 OK\r\n")


async def test_connections_are_kept_and_421_on_a_kept_one_is_no_refusal(sandbox: Sandbox) -> None:
    server = Server(patience=3)
    async with crooked.serving(server) as port:
        channel = EmailChannel(settings_for(sandbox, smtp_port=port), Egress(loopback_only=True))
        outcomes = [
            await channel.send(message(f"d-{number}"), JO, idempotency_key=f"d-{number}")
            for number in range(7)
        ]
        await channel.close()

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert (server.mails, server.connections) == (7, 3)
