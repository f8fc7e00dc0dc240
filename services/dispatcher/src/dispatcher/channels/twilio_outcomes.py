"""What came of a request to Twilio, for text messages and calls alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from dispatcher.channels.http import outcome_of_error
from dispatcher.channels.port import Accepted, Rejected, RetryLater, SendOutcome, Unknown
from dispatcher.channels.twilio_codes import Fault, Meaning, meaning_of


async def outcome_of_request(request: Awaitable[Any], seconds: float) -> SendOutcome:
    """Awaits a request that creates a message or a call; ``provider_id`` is its sid.

    Twilio knows no idempotency for either (no header and no field of theirs): what got no answer
    may have been done.
    """
    try:
        async with asyncio.timeout(seconds):
            made = await request
    except TwilioException as error:
        return outcome_of_twilio(error)
    except Exception as error:
        return _without_an_answer(error)
    sid = getattr(made, "sid", None)
    return Accepted(str(sid)) if sid else Unknown("Twilio said yes but named nothing")


def outcome_of_twilio(error: TwilioException) -> SendOutcome:
    """The library's exceptions: an error that Twilio itself answered with. A 503 says that it
    did nothing (RFC 9110, 15.6.4)."""
    if not isinstance(error, TwilioRestException | TwilioServiceException):
        return Unknown("Twilio gave an answer that could not be read")
    if error.status == 503:
        return RetryLater("Twilio is not available just now", provider_down=True)
    meaning = meaning_of(error.code or error.status)
    if meaning is not None:
        return outcome_of_meaning(meaning)
    return _by_status(error.status, error.code or error.status)


def outcome_of_meaning(meaning: Meaning) -> SendOutcome:
    reason = f"Twilio: {meaning.reason}"
    if meaning.fault is Fault.NUMBER:
        return Rejected(reason, meaning.suppress)
    return RetryLater(reason, provider_down=meaning.fault is Fault.ACCOUNT)


def _by_status(status: int, code: int) -> SendOutcome:
    """Without a code that we know. Of a 5xx they say that it may have been done."""
    if status == 429:
        return RetryLater("Twilio: too many requests at once")
    if status in {401, 403, 404}:
        return RetryLater(f"Twilio refuses our account (error {code})", provider_down=True)
    if status >= 500:
        return Unknown(f"Twilio was in trouble itself (error {code})")
    if 300 <= status < 400:
        return RetryLater("Twilio answers from elsewhere: check TWILIO_BASE_URL")
    if status < 300:
        return Unknown("Twilio gave an answer that could not be read")
    return Rejected(f"Twilio said error {code}")


def _without_an_answer(error: Exception) -> SendOutcome:
    """Not reached is Twilio's trouble, so that a second provider may be tried."""
    outcome = outcome_of_error(error, "Twilio")
    if isinstance(outcome, RetryLater):
        return replace(outcome, provider_down=True)
    return outcome
