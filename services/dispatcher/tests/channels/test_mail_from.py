"""MAIL_FROM is an address, whatever looks like one to people."""

from __future__ import annotations

import pytest
from dispatcher.channels.email import EmailSettings
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("value", "on_the_wire"),
    [
        ("tocsin@localhost", "tocsin@localhost"),
        ("desk@nordlicht.example", "desk@nordlicht.example"),
        ("desk@müller.example", "desk@xn--mller-kva.example"),
    ],
)
def test_a_bare_address_is_taken(value: str, on_the_wire: str) -> None:
    assert EmailSettings(mail_from=value).mail_from == on_the_wire


@pytest.mark.parametrize(
    "value", ["Tocsin <tocsin@n.example>", "<t@n.example>", "tocsin", "a@b@c", "t@n\r\nX: y"]
)
def test_anything_else_stops_the_start_with_one_sentence(value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        EmailSettings(mail_from=value)

    [problem] = refused.value.errors()
    assert problem["loc"] == ("mail_from",)
    assert problem["msg"].startswith("give the address alone, such as desk@provider.example;")
