"""Which numbers a text message may go to."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType
from tocsin_contracts.words import SuppressionCause

from dispatcher.channels.port import Rejected

COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
WITHOUT_TEXTS = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.PAGER})


@lru_cache(maxsize=4_096)
def e164(written: str) -> str | None:
    """``+49 151 1234 5678`` as ``+4915112345678``; ``None``: no number that could exist."""
    number = _read(written)
    if number is None:
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def refusal(number: str, countries: Collection[str]) -> Rejected | None:
    """Why no text goes to ``number`` (E.164); ``None``: it may. ``countries`` are ISO codes, in
    capitals; none: all.

    Which ranges are mobile, and which premium, is Google's libphonenumber's word. A range that it
    does not know is left to the provider.
    """
    read = _read(number)
    if read is None:
        return Rejected("this is no telephone number with its country code, such as +49 151 …")
    kind = phonenumbers.number_type(read)
    if kind in COSTLY:
        return Rejected("a premium-rate number gets no messages", SuppressionCause.UNFIT)
    if kind in WITHOUT_TEXTS:
        return Rejected("a landline takes no text messages; a call reaches it (channel voice)")
    if countries and not countries_of(read) & set(countries):
        return Rejected("text messages to this country are switched off (SMS_COUNTRIES)")
    return None


def countries_of(number: PhoneNumber) -> set[str]:
    """The number's country; every country behind its prefix where the range is not known."""
    country = phonenumbers.region_code_for_number(number)
    if country is not None:
        return {country}
    return set(phonenumbers.region_codes_for_country_code(number.country_code or 0))


def _read(written: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
