"""When a provider is left alone, and how it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dispatcher.channels.circuit import Breaker, admit, heard, may_probe
from tocsin_contracts.words import Circuit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def after(*downs: bool | None, every: float = 1, breaker: Breaker | None = None) -> Breaker:
    """Messages one after the other, ``every`` seconds apart; the last one ends at ``NOW``."""
    known = breaker or Breaker()
    for place, down in enumerate(reversed(range(len(downs)))):
        known = heard(known, downs[place], NOW - timedelta(seconds=down * every), probe=False)
    return known


def probed(breaker: Breaker, down: bool | None, at: datetime) -> Breaker:
    admitted = admit(breaker, at)
    assert admitted is not None
    assert admitted.probe
    return heard(admitted.breaker, down, at, probe=True)


def test_five_failures_in_a_row_open_it() -> None:
    assert after(*[True] * 4).state is Circuit.CLOSED
    assert after(*[True] * 5).state is Circuit.OPEN


def test_one_that_worked_in_between_begins_the_row_anew() -> None:
    assert after(True, True, True, True, False, True, True, True, True).state is Circuit.CLOSED


def test_failures_in_a_row_count_however_far_apart() -> None:
    assert after(*[True] * 5, every=600).state is Circuit.OPEN


def test_half_of_twenty_open_it_and_half_of_fewer_do_not() -> None:
    assert after(*[False, True] * 9, False).state is Circuit.CLOSED
    assert after(*[False, True] * 10).state is Circuit.OPEN


def test_what_says_nothing_of_the_provider_does_not_count() -> None:
    assert after(True, True, None, True, True, None, True).state is Circuit.OPEN
    assert after(*[None] * 50).state is Circuit.CLOSED


def test_open_it_admits_nothing_for_half_a_minute_then_one_message_at_a_time() -> None:
    breaker = after(*[True] * 5)
    assert admit(breaker, NOW + timedelta(seconds=29)) is None

    admitted = admit(breaker, NOW + timedelta(seconds=30))

    assert admitted is not None
    assert admitted.breaker.state is Circuit.PROBING
    assert not may_probe(admitted.breaker, NOW + timedelta(seconds=31))


def test_three_probes_that_go_well_close_it() -> None:
    at = NOW + timedelta(seconds=30)
    breaker = probed(probed(after(*[True] * 5), False, at), False, at)
    assert breaker.state is Circuit.PROBING
    assert probed(breaker, False, at) == Breaker()


def test_a_probe_that_fails_lets_it_rest_twice_as_long_up_to_five_minutes() -> None:
    breaker, rests = after(*[True] * 5), []
    for _ in range(5):
        at = breaker.rests_until or NOW
        breaker = probed(breaker, True, at)
        assert breaker.rests_until is not None
        rests.append((breaker.rests_until - at).total_seconds())
    assert rests == [60, 120, 240, 300, 300]


def test_a_probe_of_unknown_end_lets_the_next_one_try() -> None:
    breaker = probed(after(*[True] * 5), None, NOW + timedelta(seconds=30))
    assert breaker.state is Circuit.PROBING
    assert may_probe(breaker, NOW + timedelta(seconds=30))


def test_what_was_under_way_before_it_opened_does_not_end_a_probe() -> None:
    breaker = after(*[True] * 5)
    admitted = admit(breaker, NOW + timedelta(seconds=30))
    assert admitted is not None

    late = heard(admitted.breaker, True, NOW + timedelta(seconds=31), probe=False)

    assert late.state is Circuit.PROBING
    assert not may_probe(late, NOW + timedelta(seconds=32))
