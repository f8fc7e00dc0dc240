"""Telephone numbers as people read and dial them."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from dispatcher.rendering.rich import one_line

_FOR_MACHINES = re.compile(r"\+[0-9]{6,15}")


@lru_cache(maxsize=4_096)
def as_read(phone: str | None) -> str | None:
    """``+493023125142`` (E.164, as the directory keeps it) → ``+49 30 23125142``.

    What somebody wrote with spaces stays as it was written.
    """
    number = one_line(phone)
    if number is None or not _FOR_MACHINES.fullmatch(number):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(written)
