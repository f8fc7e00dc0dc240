from datetime import UTC, datetime, timedelta

from dispatcher.links.short import Shortener, digest_of
from dispatcher.links.tokens import Link, Purpose

OURS = Shortener("https://nl.example", b"k" * 32)


def link(number: int = 1, purpose: Purpose = Purpose.TAKE) -> Link:
    return Link(purpose, f"delivery-{number}", "incident", "ann")


def test_a_thousand_codes_are_all_different_and_none_ends_like_punctuation() -> None:
    urls = {OURS.shorten(link(number)).url for number in range(1_000)}

    assert len(urls) == 1_000
    assert all(url.startswith("https://nl.example/l/") for url in urls)
    codes = {url.rpartition("/")[2] for url in urls}
    assert {len(code) for code in codes} == {12}
    assert not any(code.endswith(("-", "_")) for code in codes)


def test_the_same_link_has_the_same_code_and_another_key_another_one() -> None:
    assert OURS.shorten(link()) == OURS.shorten(link())
    assert OURS.shorten(link()).url != OURS.shorten(link(purpose=Purpose.REVIEW)).url
    assert OURS.shorten(link()).url != Shortener(OURS.base, b"x" * 32).shorten(link()).url


def test_what_is_kept_does_not_tell_the_code() -> None:
    short = OURS.shorten(link())
    code = short.url.rpartition("/")[2]

    assert short.digest == digest_of(code)
    assert code not in repr(short)


def test_a_preview_s_links_look_the_same_and_lead_nowhere() -> None:
    shown, real = OURS.of_nobody().shorten(link()), OURS.shorten(link())

    assert len(shown.url) == len(real.url)
    assert shown.digest != real.digest


def test_it_lasts_as_long_as_what_it_leads_to() -> None:
    sent = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    assert OURS.shorten(link()).expires_at(sent) == sent + timedelta(hours=24)
