"""What may stand in a directory as a Slack address."""

from __future__ import annotations

import pytest
from dispatcher.channels.slack_address import (
    SlackAddress,
    parse_address,
    parse_provider_id,
    provider_id_of,
)


@pytest.mark.parametrize(
    ("written", "team", "place", "person"),
    [
        ("C024BE91L", None, "C024BE91L", False),
        (" C024BE91L ", None, "C024BE91L", False),
        ("T0ABC/C024", "T0ABC", "C024", False),
        ("E0GRID/G024", "E0GRID", "G024", False),
        ("U017XYZ", None, "U017XYZ", True),
        ("T0ABC/W017", "T0ABC", "W017", True),
        ("jo@acme.example", None, "jo@acme.example", True),
        ("T0ABC/jo@acme.example", "T0ABC", "jo@acme.example", True),
        ("#outages", None, "#outages", False),
        ("D0DIRECT", None, "D0DIRECT", False),
        ("team/room", None, "team/room", False),
    ],
)
def test_an_address_is_taken_apart(
    written: str, team: str | None, place: str, person: bool
) -> None:
    parsed = parse_address(written)

    assert parsed == SlackAddress(team, place)
    assert parsed.is_person is person


def test_a_message_is_named_by_its_channel_and_moment() -> None:
    assert parse_provider_id(provider_id_of("C024", "1764.0001")) == ("C024", "1764.0001")


def test_a_name_from_before_the_channel_was_kept_is_still_read() -> None:
    assert parse_provider_id("1764.0001") == (None, "1764.0001")
