"""Each reply code at each phase of a mail conversation, told by a mail server of our own.

The table is the contract: sent, later, refused for good, or perhaps.
"""

from __future__ import annotations

import pytest
from dispatcher.channels.email import EmailChannel, EmailSettings
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RetryLater,
    SendOutcome,
    Unknown,
)
from tocsin_contracts import words
from tocsin_runtime.egress import Egress

from services.dispatcher.tests.conformance.crooked import Talk, serving, smtp
from services.dispatcher.tests.conformance.provider import message

JO = Destination(words.Channel.EMAIL, "jo@acme.example")
CUT = b""


async def outcome(talk: Talk, **settings: object) -> SendOutcome:
    async with serving(talk) as port:
        channel = EmailChannel(
            EmailSettings.model_validate(
                {
                    "smtp_host": "127.0.0.1",
                    "smtp_port": port,
                    "smtp_tls": "none",
                    "smtp_reply_seconds": 10,
                    **settings,
                }
            ),
            Egress(loopback_only=True),
        )
        result = await channel.send(message(), JO, idempotency_key="d-1")
        await channel.close()
        return result


@pytest.mark.parametrize(
    ("phase", "reply", "expected"),
    [
        (b"", b"421 closing\r\n", RetryLater),
        (b"", b"554 no service\r\n", RetryLater),
        (b"", CUT, RetryLater),
        (b"EHLO", b"421 closing\r\n", RetryLater),
        (b"EHLO", b"550 go away\r\n", RetryLater),
        (b"EHLO", b"banana\r\n", RetryLater),
        (b"EHLO", CUT, RetryLater),
        (b"MAIL", b"421 closing\r\n", RetryLater),
        (b"MAIL", b"451 later\r\n", RetryLater),
        (b"MAIL", b"530 sign in first\r\n", RetryLater),
        (b"MAIL", b"550 sender refused\r\n", RetryLater),
        (b"MAIL", b"553 not a sender we know\r\n", RetryLater),
        (b"MAIL", CUT, RetryLater),
        (b"RCPT", b"421 closing\r\n", RetryLater),
        (b"RCPT", b"450 mailbox busy\r\n", RetryLater),
        (b"RCPT", b"452 mailbox full\r\n", RetryLater),
        (b"RCPT", b"550 no such mailbox\r\n", Rejected),
        (b"RCPT", b"551 moved\r\n", Rejected),
        (b"RCPT", CUT, RetryLater),
        (b"DATA", b"421 closing\r\n", RetryLater),
        (b"DATA", b"451 later\r\n", RetryLater),
        (b"DATA", b"554 refused\r\n", Rejected),
        (b"DATA", CUT, Unknown),
    ],
)
async def test_a_reply_to_each_command(
    phase: bytes, reply: bytes, expected: type[SendOutcome]
) -> None:
    assert isinstance(await outcome(smtp({phase: reply})), expected)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"250 queued\r\n", Accepted),
        (b"250-queued\r\n250 and more\r\n", Accepted),
        (b"421 closing\r\n", RetryLater),
        (b"451 later\r\n", RetryLater),
        (b"452 disk full\r\n", RetryLater),
        (b"552 too big\r\n", Rejected),
        (b"554 spam\r\n", Rejected),
        (b"banana\r\n", Unknown),
        (CUT, Unknown),
    ],
)
async def test_the_answer_to_the_whole_message(reply: bytes, expected: type[SendOutcome]) -> None:
    assert isinstance(await outcome(smtp({}, final=reply)), expected)


async def test_a_refused_sign_in_is_our_own_affair() -> None:
    script = {
        b"EHLO": b"250-crooked\r\n250 AUTH PLAIN\r\n",
        b"AUTH": b"535 wrong password hunter2?\r\n",
    }

    result = await outcome(smtp(script), smtp_username="tocsin", smtp_password="hunter2")

    assert isinstance(result, RetryLater)
    assert "535" in result.reason


async def test_a_server_that_should_encrypt_and_does_not_gets_nothing() -> None:
    assert isinstance(await outcome(smtp({}), smtp_tls="starttls"), RetryLater)


async def test_the_whole_conversation_has_a_limit_too() -> None:
    """Each reply comes in time, all of them together do not."""
    assert isinstance(await outcome(smtp({}), smtp_send_seconds=0.000_001), RetryLater)


async def test_a_reason_is_one_short_line() -> None:
    result = await outcome(smtp({b"RCPT": b"550-no\r\n550 such " + b"x" * 500 + b"\r\n"}))

    assert isinstance(result, Rejected)
    assert result.reason.startswith("the mail server said 550 no such xxx")
    assert len(result.reason) < 250
    assert "\n" not in result.reason
