"""With a real mail server between us and the reader, and on the way back. Optional."""

from __future__ import annotations

import asyncio
from smtplib import SMTP

import pytest
from aiosmtpd.lmtp import LMTP
from dispatcher.channels.email import EmailChannel
from dispatcher.channels.message import Thread
from dispatcher.channels.port import Accepted, Destination
from tocsin_contracts.words import Channel, DeliveryState, SuppressionCause
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.callbacks.mail_desk import Desk
from services.dispatcher.tests.callbacks.postfix import postfix, why_not
from services.dispatcher.tests.callbacks.test_lmtp import listening
from services.dispatcher.tests.conformance.provider import message, settings_for
from services.dispatcher.tests.replies.mails import (
    DELIVERY,
    MESSAGE_ID,
    REPLY_TO,
    RETURN_PATH,
    mail,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(why_not() is not None, reason=why_not() or ""),
]
JO = Destination(Channel.EMAIL, "jo@acme.example", name="Jo Frei")


class NoSuchBox:
    """The reader's own mail server, where there is nobody of that name."""

    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
        return "550 5.1.1 User unknown"


async def test_a_mail_that_postfix_returns_is_its_deliverys_bounce(sandbox: Sandbox) -> None:
    desk = Desk()
    loop = asyncio.get_running_loop()
    theirs = await loop.create_server(lambda: LMTP(NoSuchBox()), "127.0.0.1", 0)
    their_port = theirs.sockets[0].getsockname()[1]
    async with listening(desk) as ours:
        ways = {"acme.example": their_port, "bounce.nordwind.example": ours.port}
        async with postfix(ways) as port:
            settings = settings_for(sandbox, smtp_port=port)
            channel = EmailChannel(settings, Egress(loopback_only=True))
            marked = message(thread=Thread(MESSAGE_ID), return_path=RETURN_PATH)
            outcome = await channel.send(marked, JO, idempotency_key=DELIVERY)
            await channel.close()
            await asyncio.wait_for(desk.heard.wait(), 60)
    theirs.close()

    assert isinstance(outcome, Accepted)
    [receipt] = desk.receipts
    assert (receipt.delivery_id, receipt.state) == (DELIVERY, DeliveryState.FAILED)
    assert receipt.suppress is SuppressionCause.HARD_BOUNCE
    assert "jo@" not in (receipt.reason or "")


async def test_what_a_reader_answers_comes_through_postfix() -> None:
    desk = Desk()
    async with listening(desk) as ours, postfix({"answer.nordwind.example": ours.port}) as port:

        def write() -> None:
            with SMTP("127.0.0.1", port) as client:
                client.sendmail("jo@acme.example", [REPLY_TO], mail())

        await asyncio.to_thread(write)
        await asyncio.wait_for(desk.heard.wait(), 60)

    [answer] = desk.answers
    assert answer.delivery_ids == (DELIVERY,)
    assert answer.text == "When does it come back?"
