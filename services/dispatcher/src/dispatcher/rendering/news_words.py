"""A staff note's sentence, in the reader's language where it has words for it."""

from __future__ import annotations

from dispatcher.rendering.facts import NewsFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line, shortened

LONGEST_REASON = 300


def note_words(notice: Notice, reading: Reading) -> str:
    """What ``news`` says, else ``fact`` as it is."""
    news = notice.news
    pattern = reading.language.words["news"].get(_key(news)) if news else None
    if news is None or pattern is None:
        return one_line(notice.fact) or ""
    said = pattern.format(
        clients=reading.names(news.clients) or reading.phrase("no_client_staff"),
        person=one_line(news.person) or reading.phrase("no_taker"),
        by=one_line(news.by) or reading.phrase("no_taker"),
        until=reading.at(news.until),
        tried=reading.names(news.tried, most=len(news.tried)),
        system=reading.names(notice.systems) or reading.phrase("no_system_staff"),
    )
    return " ".join(filter(None, (said, _reason(news.reason, reading))))


def _key(news: NewsFacts) -> str:
    """Without what a sentence names, the one that does not."""
    if news.key == "client_exhausted" and not news.tried:
        return "client_unreached"
    return "paused" if news.key == "paused_until" and news.until is None else news.key


def _reason(reason: str | None, reading: Reading) -> str | None:
    """What a person gave as the reason, as they wrote it."""
    words = one_line(reason)
    if not words:
        return None
    quoted = shortened(words, LONGEST_REASON).rstrip(".")
    return reading.language.word("news", "reason").format(reason=quoted)
