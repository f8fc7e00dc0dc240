"""Mail by LMTP: one answer a recipient, nothing accepted that is not safe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from smtplib import LMTP, SMTPDataError, SMTPSenderRefused

import pytest
from dispatcher.callbacks.lmtp import LmtpListener

from services.dispatcher.tests.callbacks.mail_desk import Desk, intake_of
from services.dispatcher.tests.replies.mails import DELIVERY, REPLY_TO, RETURN_PATH, bounce, mail


@asynccontextmanager
async def listening(desk: Desk, most_bytes: int = 1_000_000) -> AsyncIterator[LmtpListener]:
    listener = LmtpListener(intake_of(desk), host="127.0.0.1", port=0, most_bytes=most_bytes)
    stop = asyncio.Event()
    running = asyncio.create_task(listener.run(stop))
    await listener.listening.wait()
    yield listener
    stop.set()
    await running


async def deliver(
    listener: LmtpListener, raw: bytes, sender: str, recipients: Sequence[str]
) -> dict[str, tuple[int, bytes]]:
    """As a mail server would; the standard library's client is not asynchronous."""

    def speak() -> dict[str, tuple[int, bytes]]:
        with LMTP("127.0.0.1", listener.port) as client:
            return client.sendmail(sender, list(recipients), raw)

    return await asyncio.to_thread(speak)


async def test_a_reply_and_a_bounce_come_in() -> None:
    desk = Desk()
    async with listening(desk) as listener:
        await deliver(listener, mail(), "jo@acme.example", [REPLY_TO])
        await deliver(listener, bounce(), "", [RETURN_PATH])

    assert [answer.text for answer in desk.answers] == ["When does it come back?"]
    assert [receipt.delivery_id for receipt in desk.receipts] == [DELIVERY]


async def test_what_comes_from_the_null_sender_is_a_machine_s_and_no_question() -> None:
    desk = Desk()
    async with listening(desk) as listener:
        await deliver(listener, mail(body="I am away until Monday."), "", [REPLY_TO])

    assert desk.answers == []


async def test_no_address_of_the_conversation_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk = Desk()
    async with listening(desk) as listener:
        await deliver(listener, mail(), "jo@acme.example", [REPLY_TO])

    assert len(desk.answers) == 1
    assert "jo@acme.example" not in caplog.text
    assert REPLY_TO not in caplog.text


async def test_each_recipient_is_answered_for() -> None:
    desk = Desk()
    async with listening(desk) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        said = [await reader.readline()]
        for line in ("LHLO mx", "MAIL FROM:<jo@acme.example>", f"RCPT TO:<{REPLY_TO}>"):
            said += await _ask(reader, writer, line.encode())
        said += await _ask(reader, writer, b"RCPT TO:<desk@nordwind.example>")
        said += await _ask(reader, writer, b"DATA")
        writer.write(mail() + b"\r\n.\r\n")
        answers = [await reader.readline(), await reader.readline()]
        writer.close()

    assert [answer[:3] for answer in answers] == [b"250", b"250"]
    assert len(desk.answers) == 1


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes
) -> list[bytes]:
    writer.write(line + b"\r\n")
    said = [await reader.readline()]
    while said[-1][3:4] == b"-":
        said.append(await reader.readline())
    return said


async def test_what_cannot_be_kept_stays_with_the_mail_server() -> None:
    desk = Desk()
    desk.away = True
    async with listening(desk) as listener:
        with pytest.raises(SMTPDataError) as refused:
            await deliver(listener, mail(), "jo@acme.example", [REPLY_TO])
        assert refused.value.smtp_code == 451

        desk.away = False
        await deliver(listener, mail(), "jo@acme.example", [REPLY_TO])

    assert len(desk.answers) == 1


async def test_a_giant_is_refused_for_good_and_its_sender_is_told_why() -> None:
    desk = Desk()
    giant = mail(body="x\n" * 200_000)
    async with listening(desk, most_bytes=100_000) as listener:
        with pytest.raises((SMTPDataError, SMTPSenderRefused)) as refused:
            await deliver(listener, giant, "jo@acme.example", [REPLY_TO])

    assert refused.value.smtp_code == 552
    assert desk.answers == []


async def test_a_mail_to_very_many_is_none_of_ours() -> None:
    async with listening(Desk()) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        await reader.readline()
        for line in (b"LHLO mx", b"MAIL FROM:<jo@acme.example>"):
            await _ask(reader, writer, line)
        said = [
            (await _ask(reader, writer, b"RCPT TO:<x%d@nordwind.example>" % number))[0][:3]
            for number in range(22)
        ]
        writer.close()

    assert said == [b"250"] * 20 + [b"452"] * 2
