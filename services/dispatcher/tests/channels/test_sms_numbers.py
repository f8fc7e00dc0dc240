"""Which numbers a text goes to; ranges by Google's libphonenumber."""

from __future__ import annotations

import pytest
from dispatcher.channels.sms import SmsSettings
from dispatcher.channels.sms_numbers import e164, refusal
from pydantic import ValidationError
from tocsin_contracts.words import SuppressionCause


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+49 151 1234 5678", "+4915112345678"),
        ("+49 (0) 151 12345678", "+4915112345678"),
        ("tel:+44-7700-900123", "+447700900123"),
        ("+1 (212) 555-0142", "+12125550142"),
    ],
)
def test_a_number_as_people_write_it(written: str, dialled: str) -> None:
    assert e164(written) == dialled


@pytest.mark.parametrize(
    "written", ["", "0151 12345678", "+49", "+999 123", "Jo", "+49 151 1234\r\n1"]
)
def test_what_is_none(written: str) -> None:
    assert e164(written) is None
    assert refusal(written, ()) is not None


@pytest.mark.parametrize(
    "number",
    ["+4915112345678", "+12125550142", "+447911123456", "+34612345678", "+41791234567"],
)
def test_mobile_numbers_and_those_that_may_be_are_written_to(number: str) -> None:
    assert refusal(number, ()) is None


@pytest.mark.parametrize("number", ["+499001234567", "+449098790000", "+19005550123"])
def test_premium_numbers_never_get_anything(number: str) -> None:
    refused = refusal(number, ())

    assert refused is not None
    assert refused.suppress is SuppressionCause.UNFIT


@pytest.mark.parametrize("number", ["+493023125207", "+442079460321", "+34915550142"])
def test_a_landline_is_offered_a_call(number: str) -> None:
    refused = refusal(number, ())

    assert refused is not None
    assert (refused.suppress, "voice" in refused.reason) == (None, True)


def test_only_the_countries_that_are_switched_on() -> None:
    allowed = frozenset({"DE", "CA"})

    assert refusal("+4915112345678", allowed) is None
    assert refusal("+41791234567", allowed) is not None
    assert refusal("+14165550142", allowed) is None
    assert refusal("+12125550142", allowed) is not None


def test_countries_are_read_as_people_write_them() -> None:
    assert SmsSettings(sms_countries=" de, AT ,").sms_countries == "DE,AT"


def test_a_country_that_is_none_is_named_at_start() -> None:
    with pytest.raises(ValidationError, match="UK is no ISO 3166 code"):
        SmsSettings(sms_countries="DE,UK")
