"""A mail goes out, and what its reader and the servers on the way do comes back to its delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from dispatcher.channels.email import EmailChannel
from dispatcher.channels.message import Thread
from dispatcher.channels.port import Destination
from tocsin_contracts import words
from tocsin_contracts.words import DeliveryState, SuppressionCause
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.callbacks.mail_desk import Desk
from services.dispatcher.tests.callbacks.test_lmtp import listening
from services.dispatcher.tests.conformance.provider import message, settings_for
from services.dispatcher.tests.replies.mails import DELIVERY, MESSAGE_ID, REPLY_TO, RETURN_PATH

JO = Destination(words.Channel.EMAIL, "jo@acme.example", name="Jo Frei")


@dataclass
class Round:
    sandbox: Sandbox
    desk: Desk

    async def answer(self, **asked: Any) -> dict[str, Any]:
        [mail] = self.sandbox.messages()
        async with aiohttp.ClientSession() as session:
            body = {"message_id": mail["id"], **asked}
            async with session.post(f"{self.sandbox.url}/answer", json=body) as response:
                done: dict[str, Any] = await response.json()
                assert response.status == 200, done
                return done


@pytest_asyncio.fixture(params=["with our own addresses", "with the desk's alone"])
async def sent(sandbox: Sandbox, request: pytest.FixtureRequest) -> AsyncIterator[Round]:
    """One mail in German that arrived, with return path and Reply-To of its own, or without."""
    marked = request.param == "with our own addresses"
    made = message(
        subject="Mail EU: Störung [INC-2041]",
        thread=Thread(MESSAGE_ID),
        **({"return_path": RETURN_PATH, "reply_to": REPLY_TO} if marked else {}),
    )
    channel = EmailChannel(settings_for(sandbox), Egress(loopback_only=True))
    await channel.send(made, JO, idempotency_key=DELIVERY)
    await channel.close()
    desk = Desk()
    async with listening(desk) as listener:
        sandbox.mail.port = listener.port
        yield Round(sandbox, desk)


async def test_a_reply(sent: Round) -> None:
    done = await sent.answer(reply="Is Munich affected?", fields={"attachment": "error.png"})

    assert done["answer"] == "250 taken"
    [answer] = sent.desk.answers
    assert answer.text == "Is Munich affected?"
    assert answer.delivery_ids == (DELIVERY,)
    assert answer.attachments == ("error.png",)
    assert answer.sender == "jo@acme.example"


async def test_a_reply_of_somebody_it_was_passed_on_to(sent: Round) -> None:
    await sent.answer(reply="And us?", by="eve@elsewhere.example")

    assert sent.desk.answers[0].sender == "eve@elsewhere.example"


@pytest.mark.parametrize(
    ("report", "state", "suppress"),
    [
        ("bounce", DeliveryState.FAILED, SuppressionCause.HARD_BOUNCE),
        ("soft_bounce", DeliveryState.FAILED, None),
        ("delivered", DeliveryState.DELIVERED, None),
        ("complaint", DeliveryState.DELIVERED, SuppressionCause.COMPLAINT),
    ],
)
async def test_what_servers_report(
    sent: Round, report: str, state: DeliveryState, suppress: SuppressionCause | None
) -> None:
    await sent.answer(report=report)

    [receipt] = sent.desk.receipts
    assert (receipt.delivery_id, receipt.state, receipt.suppress) == (DELIVERY, state, suppress)
    assert sent.desk.answers == []


@pytest.mark.parametrize("report", ["auto_reply", "delayed"])
async def test_what_machines_say_besides_is_taken_and_left(sent: Round, report: str) -> None:
    done = await sent.answer(report=report)

    assert done["answer"] == "250 taken"
    assert (sent.desk.answers, sent.desk.receipts) == ([], [])
