"""The review in its reader's words: one document, whichever copy it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from tocsin_contracts.words import PromiseState, Status

from incident_api.documents.language import Language, language_of
from incident_api.documents.page import Figure, Page, Row, Section, plain
from incident_api.documents.rich import blocks
from incident_api.documents.times import Times, times_for
from incident_api.reviews.model import Review
from incident_api.reviews.presenting_chart import outage_chart
from incident_api.reviews.presenting_inside import inside_sections
from incident_api.reviews.presenting_tables import changes_table, promises_listed, promises_table
from incident_api.reviews.presenting_timeline import days


def present(review: Review) -> Page:
    language = language_of(review.locale)
    end = review.resolved_at or review.made_at
    times = times_for(language, review.timezone, review.started_at, end)
    return Page(
        language=language.tag,
        provider=review.provider,
        title=_title(review, language, times),
        subtitle=_subtitle(review, language),
        reference=_reference(review, language),
        banner=_banner(review, language),
        figures=tuple(_figures(review, language, times)),
        sections=tuple(_sections(review, language, times)),
        foot=tuple(_foot(review, language, times)),
        page_of=language.words["title"]["page"],
        download=language.word("title", "download"),
    )


def _title(review: Review, language: Language, times: Times) -> str:
    systems = language.joined(review.systems) or review.ref
    return language.word(
        "title", "review", systems=systems, date=times.full_date(review.started_at)
    )


def _subtitle(review: Review, language: Language) -> str:
    if review.client is None:
        return review.inside.title if review.inside else ""
    return language.word("title", "for_client", client=review.client)


def _reference(review: Review, language: Language) -> str:
    if not review.revision:
        return review.ref
    revision = language.word("title", "revision", number=review.revision)
    return f"{review.ref} · {revision}"


def _banner(review: Review, language: Language) -> str:
    parts = []
    if review.drill:
        parts.append(language.word("title", "exercise"))
    if review.inside is not None:
        parts.append(language.word("title", "internal"))
    return " · ".join(parts)


def _foot(review: Review, language: Language, times: Times) -> Iterator[str]:
    yield times.zone_line(review.started_at)
    made = Times(language, times.zone, zoned=True).date_and_clock(review.made_at)
    yield language.word("title", "made", moment=made)
    if review.client is not None and review.desk_phone:
        phone = {"provider": review.provider, "phone": review.desk_phone}
        yield language.word("title", "questions", **phone)


def _figures(review: Review, language: Language, times: Times) -> Iterator[Figure]:
    yield _duration(review, language, times)
    if review.kept is not None:
        yield from _kept_figures(review, language, times)
    elif review.inside is not None and review.promises:
        judged = [p for p in review.promises if p.state in _JUDGED]
        kept = sum(p.state is PromiseState.KEPT for p in judged)
        yield Figure(
            language.word("report", "promises"),
            language.word("sentences", "of", some=kept, all=len(judged)),
            language.word("verdicts", "kept"),
        )
    if review.changes:
        done = sum(change.done for change in review.changes)
        yield Figure(
            language.word("labels", "items"),
            language.word("sentences", "of", some=done, all=len(review.changes)),
        )


_JUDGED = frozenset({PromiseState.KEPT, PromiseState.BREACHED})


def _duration(review: Review, language: Language, times: Times) -> Figure:
    end = review.resolved_at or review.made_at
    note = language.word("labels", "so_far")
    if review.resolved_at is not None:
        note = language.word("statuses", _over(review))
    return Figure(language.word("labels", "duration"), times.length(end - review.started_at), note)


def _over(review: Review) -> str:
    return Status.CANCELLED if review.status is Status.CANCELLED else Status.RESOLVED


def _kept_figures(review: Review, language: Language, times: Times) -> Iterator[Figure]:
    kept = review.kept
    if kept is None:
        return
    if kept.first_after_minutes is not None:
        within = kept.first_within_minutes
        note = (
            language.word("sentences", "first_none")
            if within is None
            else language.word("sentences", "first_kept", within=times.minutes(within))
        )
        after = times.minutes(kept.first_after_minutes)
        value = language.word("sentences", "after", after=after)
        yield Figure(language.word("labels", "first_word"), value, note)
    if kept.updates_promised:
        value = language.word("sentences", "of", some=kept.updates_kept, all=kept.updates_promised)
        late = kept.latest_by_minutes
        note = language.word("sentences", "latest", late=times.minutes(late)) if late else ""
        yield Figure(language.word("labels", "updates"), value, note)


def _sections(review: Review, language: Language, times: Times) -> Iterator[Section]:
    def heading(key: str) -> str:
        return language.word("headings", key)

    yield Section(
        heading("in_short"), blocks(_summary(review)), tuple(_short(review, language, times))
    )
    if review.phases:
        yield Section(heading("chart"), chart=outage_chart(review, language, times))
    yield Section(
        heading("timeline"), plain(_zone(review, times)), days=days(review, language, times)
    )
    yield _promises(review, language, times)
    yield from _closing(review, language, times)
    yield from inside_sections(review, language, times)


def _zone(review: Review, times: Times) -> str:
    return times.zone_line(review.started_at)


def _summary(review: Review) -> str | None:
    """Where nobody wrote one, the cause's first sentence."""
    if review.summary or not review.root_cause:
        return review.summary
    return re.split(r"(?<=[.!?])\s", review.root_cause.strip(), maxsplit=1)[0]


def _short(review: Review, language: Language, times: Times) -> Iterator[Row]:
    def row(key: str, text: str | None, section: str = "labels") -> Iterator[Row]:
        if text:
            yield Row(language.word(section, key), plain(text))

    yield from row("systems", ", ".join(review.systems))
    noticed = "noticed" if review.inside is None else "noticed_internal"
    effect = review.impact or _effect(review, language)
    if effect:
        yield Row(language.word("headings", noticed), blocks(effect))
    if review.resolved_at is None:
        yield from row("since", times.date_and_clock(review.started_at))
    else:
        yield from row("from_to", times.span(review.started_at, review.resolved_at))
    yield from row("severity", language.word("severities", review.severity))
    yield from row("status", language.word("statuses", review.status))


def _effect(review: Review, language: Language) -> str | None:
    if review.impact_level is None or not review.systems:
        return None
    return language.word("impact", review.impact_level, systems=language.joined(review.systems))


def _promises(review: Review, language: Language, times: Times) -> Section:
    shown, count = len(promises_listed(review)), len(review.promises)
    said = ""
    if not count:
        said = language.word("sentences", "no_promises")
    elif shown < count:
        said = language.word("sentences", "only_broken", shown=shown, all=count)
    return Section(
        language.word("headings", "promises"),
        plain(said),
        table=promises_table(review, language, times),
    )


def _closing(review: Review, language: Language, times: Times) -> Iterator[Section]:
    for key, text in (
        ("cause", review.root_cause),
        ("steps", review.steps_taken),
        ("extra", review.extra),
    ):
        if text:
            yield Section(language.word("headings", key), blocks(text))
    if review.prevention or review.changes:
        yield Section(
            language.word("headings", "changes"),
            blocks(review.prevention),
            table=changes_table(review, language, times),
        )
    meeting = _meeting(review, language, times)
    if meeting:
        yield Section(language.word("headings", "meeting"), plain(meeting))


def _meeting(review: Review, language: Language, times: Times) -> str:
    """Once it is over, the document does not invite to it any more."""
    meeting = review.meeting
    if meeting is None or meeting.starts_at <= review.made_at:
        return ""
    zoned = Times(language, times.zone, zoned=True)
    end = meeting.starts_at + timedelta(minutes=meeting.duration_minutes)
    span = zoned.span(meeting.starts_at, end)
    return language.word("sentences", "meeting", span=span, place=meeting.location)
