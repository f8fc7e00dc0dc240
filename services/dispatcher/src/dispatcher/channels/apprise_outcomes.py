"""What one call of Apprise means. The library says yes or no and nothing else, so the rest is read
from what was seen on the way.

Source: apprise 2.3, ``result.py`` and the plugins' own words: "Failed to send … error=503."
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dispatcher.channels.port import (
    Accepted,
    Rejected,
    RetryLater,
    SendOutcome,
    Unknown,
)

STATUS = re.compile(r"\berror=(\d{3})\b")
LATER = frozenset({408, 425, 429})
WHO = "the service behind Apprise"


@dataclass(frozen=True)
class Called:
    """``yes`` is the library's answer, ``log`` what it logged, which may hold secrets.

    ``dialled``: a connection was tried; ``sent``: a request went out on one; ``private``: it would
    have led into a private network, and was stopped.
    """

    yes: bool
    log: Sequence[str] = ()
    dialled: bool = False
    sent: bool = False
    private: bool = False


def outcome_of(called: Called, key: str) -> SendOutcome:
    if called.yes:
        return Accepted(key)
    if called.private:
        return Rejected(f"{WHO} leads into a private network")
    status = _status(called.log)
    if status is not None:
        return _of_status(status)
    if called.sent:
        return Unknown(f"{WHO} gave no clear answer")
    return RetryLater(f"{WHO} could not be reached")


def _of_status(status: int) -> SendOutcome:
    if status >= 500 or status in LATER:
        return RetryLater(f"{WHO} answered {status}")
    if 300 <= status < 400:
        return Rejected(f"{WHO} answered {status}: redirects are not followed")
    return Rejected(f"{WHO} answered {status}")


def _status(log: Sequence[str]) -> int | None:
    found = [int(match.group(1)) for line in log if (match := STATUS.search(line))]
    return found[-1] if found else None
