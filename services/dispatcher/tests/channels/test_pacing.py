"""One message a second to one place, and who comes back when."""

from __future__ import annotations

from dispatcher.channels.pacing import ABREAST, Pace, ask, hold


def test_the_first_goes_at_once_and_the_next_a_second_later() -> None:
    pace, first = ask(Pace(), 100.0, 1.0)
    pace, second = ask(pace, 100.25, 1.0)
    pace, third = ask(pace, 101.0, 1.0)

    assert (first, second, third) == (0.0, 0.75, 0.0)


def test_after_a_quiet_time_nothing_was_saved_up() -> None:
    pace, _ = ask(Pace(), 100.0, 1.0)
    pace, late = ask(pace, 500.0, 1.0)
    _, burst = ask(pace, 500.0, 1.0)

    assert (late, burst) == (0.0, 1.0)


def test_a_long_queue_comes_back_a_few_at_a_time() -> None:
    pace, _ = ask(Pace(), 100.0, 1.0)
    waits = []
    for _ in range(3 * ABREAST):
        pace, wait = ask(pace, 100.0, 1.0)
        waits.append(wait)

    assert waits == [1.0] * ABREAST + [2.0] * ABREAST + [3.0] * ABREAST


def test_when_one_has_gone_those_after_it_are_counted_afresh() -> None:
    pace, _ = ask(Pace(), 100.0, 1.0)
    for _ in range(3 * ABREAST):
        pace, _ = ask(pace, 100.0, 1.0)
    pace, gone = ask(pace, 101.0, 1.0)
    _, next_one = ask(pace, 101.0, 1.0)

    assert (gone, next_one) == (0.0, 1.0)


def test_what_the_provider_says_is_longer_than_our_own_pace() -> None:
    pace, _ = ask(Pace(), 100.0, 1.0)
    pace = hold(pace, 130.0)
    _, wait = ask(pace, 101.0, 1.0)

    assert (wait, pace.asked) == (29.0, True)


def test_a_shorter_word_of_the_provider_takes_nothing_back() -> None:
    pace = hold(Pace(free_at=130.0), 110.0)

    assert pace.free_at == 130.0


def test_no_limit_holds_nothing_back() -> None:
    pace, _ = ask(Pace(), 100.0, 0.0)
    _, wait = ask(pace, 100.0, 0.0)

    assert wait == 0.0
