"""Which numbers nobody calls."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
"""Whoever owns such a number may earn by being called."""


def is_costly(number: str) -> bool:
    """``number`` in E.164. Which ranges are premium is Google's libphonenumber's word; one that it
    does not know is left to the provider."""
    return phonenumbers.number_type(phonenumbers.parse(number, None)) in COSTLY
