"""What an endpoint's answer means (Standard Webhooks 1.0, "Delivery")."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts.words import SuppressionCause

from dispatcher.channels.http import retry_after
from dispatcher.channels.port import Accepted, Rejected, RetryLater, SendOutcome

WHO = "the endpoint"
OVERLOADED = frozenset({429, 502, 504})
"""What asks a sender to slow down."""
SLOWER = timedelta(seconds=30)
GONE = 410


def outcome_of_status(status: int, wait: str | None, identifier: str, now: datetime) -> SendOutcome:
    """Only 2xx is success, and 410 is for good.

    Anything else is repeated, a redirect and a 404 too: the receiver may be being deployed. It is
    repeated without doubt, for the receiver knows the message by its ``webhook-id``.
    """
    if 200 <= status < 300:
        return Accepted(identifier)
    if status == GONE:
        return Rejected(f"{WHO} answered 410: it is gone for good", SuppressionCause.FAILING)
    if 300 <= status < 400:
        return RetryLater(f"{WHO} answered {status}: redirects are not followed")
    asked = retry_after(wait, now)
    if status in OVERLOADED:
        asked = max(asked or SLOWER, timedelta(seconds=1))
    return RetryLater(f"{WHO} answered {status}", asked)
