"""The mail server, spoken to as the dispatcher and as an impatient stranger would."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest
from aiosmtplib import SMTPResponseException, SMTPServerDisconnected

from devstack.sandbox import Sandbox
from devstack.sandbox.server import Settings


def mail(to: str = "jo@acme.example", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Nordlicht IT <noc@nordlicht.example>"
    message["To"] = to
    message["Subject"] = headers.pop("Subject", "Mail EU: disruption [INC-2041]")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Mail EU is down.\n.hidden line\nGrüße\n")
    message.add_alternative("<p>Mail EU is <b>down</b>.</p>", subtype="html")
    return message


async def connected(sandbox: Sandbox, **more: float) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1",
        port=sandbox.smtp_port,
        start_tls=False,
        timeout=more.get("timeout", 5),
    )
    await client.connect()
    return client


async def test_a_mail_arrives_as_its_reader_sees_it(sandbox: Sandbox) -> None:
    client = await connected(sandbox)
    await client.send_message(mail(Message_ID="<d2@t>", References="<d1@t> <x@t>"))
    await client.quit()

    (item,) = sandbox.messages(channel="email")
    assert item["to"] == ["jo@acme.example"]
    assert item["from"] == "noc@nordlicht.example"
    assert item["subject"] == "Mail EU: disruption [INC-2041]"
    assert item["text"] == "Mail EU is down.\n.hidden line\nGrüße\n"
    assert item["html"] == "<p>Mail EU is <b>down</b>.</p>\n"
    assert item["headers"]["Message-ID"] == "<d2@t>"
    assert item["thread"] == "<d1@t>"
    assert item["raw"].startswith("From: Nordlicht IT")


async def test_a_kept_connection_takes_many_mails_in_order(sandbox: Sandbox) -> None:
    client = await connected(sandbox)
    for number in range(50):
        await client.send_message(mail(Subject=f"number {number}"))
    assert [item["subject"] for item in sandbox.messages()] == [f"number {n}" for n in range(50)]


async def test_pipelined_commands_are_answered_one_by_one(sandbox: Sandbox) -> None:
    answers = await talk(
        sandbox,
        b"EHLO me\r\nMAIL FROM:<a@x.example> SIZE=9\r\nRCPT TO:<b@y.example>\r\n"
        b"RCPT TO:<c@y.example>\r\nDATA\r\nSubject: hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n",
    )
    assert codes(answers) == [220, 250, 250, 250, 250, 354, 250, 221]
    (item,) = sandbox.messages()
    assert item["to"] == ["b@y.example", "c@y.example"]
    assert item["text"] == ".dot\n"


async def test_a_message_in_pieces_is_put_together(sandbox: Sandbox) -> None:
    envelope = b"EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.example>\r\n"
    whole = envelope + b"DATA\r\na: b\r\n\r\nx\r\n.\r\nQUIT\r\n"
    answers = await talk(sandbox, *[whole[i : i + 1] for i in range(len(whole))])
    assert codes(answers) == [220, 250, 250, 250, 354, 250, 221]
    assert sandbox.messages()[0]["from"] == ""


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"MAIL FROM:<a@x.example>\r\n", 503),
        (b"EHLO me\r\nRCPT TO:<a@x.example>\r\n", 503),
        (b"EHLO me\r\nMAIL FROM:<a@x.example>\r\nDATA\r\n", 503),
        (b"EHLO me\r\nMAIL FROM:a@x.example\r\n", 501),
        (b"EHLO me\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<>\r\n", 501),
        (b"FETCH everything\r\n", 500),
        (b"AUTH CRAM-MD5\r\n", 504),
        (b"x" * 3000, 500),
    ],
)
async def test_a_wrong_command_is_refused_by_its_code(
    sandbox: Sandbox, said: bytes, code: int
) -> None:
    assert code in codes(await talk(sandbox, said, b"\r\nQUIT\r\n"))


async def test_wrong_credentials_are_refused_and_right_ones_needed() -> None:
    async with Sandbox(Settings(smtp_credentials=("tocsin", "right"))) as sandbox:
        client = await connected(sandbox)
        with pytest.raises(SMTPResponseException) as unknown:
            await client.send_message(mail())
        with pytest.raises(SMTPResponseException) as wrong:
            await client.login("tocsin", "wrong")
        await client.login("tocsin", "right")
        await client.send_message(mail())
    assert (unknown.value.code, wrong.value.code) == (530, 535)
    assert len(sandbox.messages()) == 1


@pytest.mark.parametrize("phase", ["ehlo", "mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(("mode", "code"), [("reject", 550), ("retry", 451)])
async def test_a_refusal_strikes_in_its_phase_and_keeps_nothing(
    sandbox: Sandbox, phase: str, mode: str, code: int
) -> None:
    sandbox.fault("email", mode, phase=phase)
    client = await connected(sandbox)
    with pytest.raises((SMTPResponseException, aiosmtplib.SMTPRecipientsRefused)) as refused:
        await client.send_message(mail())
    assert code_of(refused.value) == code
    assert sandbox.messages() == []
    assert sandbox.faults.fired("email") >= 1


async def test_a_busy_server_says_421_and_hangs_up(sandbox: Sandbox) -> None:
    client = await connected(sandbox)
    await client.send_message(mail())
    sandbox.fault("email", "rate_limit", phase="mail")
    with pytest.raises(SMTPResponseException) as refused:
        await client.send_message(mail())
    assert refused.value.code == 421
    assert not client.is_connected


async def test_a_refused_greeting(sandbox: Sandbox) -> None:
    sandbox.fault("email", "retry", phase="connect", code=421)
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await connected(sandbox)


async def test_a_dropped_connection_hides_that_the_mail_was_taken(sandbox: Sandbox) -> None:
    sandbox.fault("email", "drop")
    client = await connected(sandbox)
    with pytest.raises(SMTPServerDisconnected):
        await client.send_message(mail())
    assert len(sandbox.messages()) == 1


async def test_a_tarpit_outlasts_the_sender(sandbox: Sandbox) -> None:
    sandbox.fault("email", "tarpit", phase="rcpt")
    client = await connected(sandbox, timeout=0.2)
    with pytest.raises(aiosmtplib.SMTPTimeoutError):
        await client.send_message(mail())
    assert sandbox.messages() == []


async def test_a_slow_answer_comes_in_the_end(sandbox: Sandbox) -> None:
    sandbox.fault("email", "slow", seconds=0.05)
    client = await connected(sandbox)
    await client.send_message(mail())
    assert len(sandbox.messages()) == 1
    assert sandbox.faults.fired("email") == 1


async def test_one_recipient_of_a_fault_does_not_touch_the_others(sandbox: Sandbox) -> None:
    sandbox.fault("email", "reject", to="gone@acme.example")
    client = await connected(sandbox)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await client.send_message(mail("gone@acme.example"))
    await client.send_message(mail("jo@acme.example"))
    assert [item["to"] for item in sandbox.messages()] == [["jo@acme.example"]]


async def talk(sandbox: Sandbox, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.smtp_port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    answers = await asyncio.wait_for(reader.read(), timeout=5)
    writer.close()
    return answers


def codes(answers: bytes) -> list[int]:
    return [int(line[:3]) for line in answers.splitlines() if line[3:4] == b" "]


def code_of(error: BaseException) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return error.recipients[0].code
    assert isinstance(error, SMTPResponseException)
    return error.code
