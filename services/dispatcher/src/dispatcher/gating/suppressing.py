"""How long a destination that refused us is left alone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tocsin_contracts.words import SuppressionCause

_MAIL = re.compile(r"<?[^\s<>@,;:]+@[^\s<>@,;:]+>?")
_NUMBER = re.compile(r"\+\d{7,15}\b")
LASTS = {
    # A mailbox that did not exist may have been made since; a try a month harms no sender's name.
    SuppressionCause.HARD_BOUNCE: timedelta(days=30),
    SuppressionCause.COMPLAINT: timedelta(days=180),
}
"""Whatever is not named here lasts until somebody lifts it."""


def expires(cause: SuppressionCause, since: datetime) -> datetime | None:
    lasts = LASTS.get(cause)
    return since + lasts if lasts else None


def without_addresses(detail: str) -> str:
    """What a provider said, for people to read: it goes where addresses do not."""
    return _NUMBER.sub("the number", _MAIL.sub("the address", detail))
