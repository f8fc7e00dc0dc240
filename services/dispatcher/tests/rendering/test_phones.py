"""A number in a message is one to be read and dialled by a person."""

from __future__ import annotations

import pytest
from dispatcher.rendering.phones import as_read


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("+493023125143", "+49 30 23125143"),
        ("+442079460321", "+44 20 7946 0321"),
        ("+49 30 23125 100", "+49 30 23125 100"),  # as its owner writes it
        ("ask the desk", "ask the desk"),
        ("+000000000", "+000000000"),
        (None, None),
    ],
)
def test_a_number_of_the_directory_is_read_in_groups(kept: str | None, read: str | None) -> None:
    assert as_read(kept) == read
