"""How long a destination that refused us is left alone, and what is kept of what was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from dispatcher.gating.suppressing import expires, without_addresses
from tocsin_contracts.words import SuppressionCause

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cause", "days"),
    [
        (SuppressionCause.HARD_BOUNCE, 30),
        (SuppressionCause.COMPLAINT, 180),
        (SuppressionCause.STOP, None),
        (SuppressionCause.UNFIT, None),
        (SuppressionCause.BY_HAND, None),
    ],
)
def test_only_what_may_change_by_itself_ends_by_itself(
    cause: SuppressionCause, days: int | None
) -> None:
    assert expires(cause, NOW) == (NOW + timedelta(days=days) if days else None)


def test_an_address_in_a_refusal_is_left_out() -> None:
    said = "550 5.1.1 <jo.frei@acme.example>: no such user; try kim@acme.example"
    assert without_addresses(said) == "550 5.1.1 the address: no such user; try the address"
    assert without_addresses("+493023125207 wrote STOP") == "the number wrote STOP"
    assert without_addresses("550 5.7.1 too many messages") == "550 5.7.1 too many messages"
