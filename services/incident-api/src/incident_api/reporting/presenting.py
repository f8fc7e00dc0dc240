"""A client's monthly report in its reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from incident_api.documents.language import Language, language_of
from incident_api.documents.page import Cell, Figure, Page, Section, cell, plain, table
from incident_api.documents.times import Times, times_for
from incident_api.reporting.counting import Judged
from incident_api.reporting.monthly import BrokenPromise, MonthlyReport, OutageLine


def present(report: MonthlyReport) -> Page:
    language = language_of(report.locale)
    times = times_for(language, report.timezone, report.begins_at, report.ends_at)
    month = times.month(report.begins_at)
    return Page(
        language=language.tag,
        provider=report.provider,
        title=language.word("report", "title", month=month),
        subtitle=language.word("report", "for_client", client=report.client),
        reference=report.month,
        banner="",
        figures=tuple(_figures(report, language, times)),
        sections=(
            _outages(report, language, times),
            _promises(report, language, times),
            _messages(report, language),
        ),
        foot=tuple(_foot(report, language, times)),
        page_of=language.words["title"]["page"],
        download=language.word("title", "download"),
    )


def _figures(report: MonthlyReport, language: Language, times: Times) -> Iterator[Figure]:
    judged = Judged(report.promises_kept, report.promises_broken)
    due = report.promises_kept + report.promises_broken
    yield Figure(language.word("report", "outages"), str(len(report.outages)))
    if report.minutes_affected:
        length = times.length(timedelta(minutes=report.minutes_affected))
        yield Figure(language.word("report", "total"), length)
    if judged.percent is not None:
        kept = language.word("sentences", "of", some=report.promises_kept, all=due)
        yield Figure(language.word("report", "promises"), kept, language.word("verdicts", "kept"))
    sent = sum(line.got_there for line in report.messages)
    yield Figure(language.word("report", "messages"), str(sent))


def _foot(report: MonthlyReport, language: Language, times: Times) -> Iterator[str]:
    yield times.zone_line(report.begins_at)
    made = Times(language, times.zone, zoned=True).date_and_clock(report.made_at)
    yield language.word("title", "made", moment=made)
    if report.desk_phone:
        phone = {"provider": report.provider, "phone": report.desk_phone}
        yield language.word("title", "questions", **phone)


def _outages(report: MonthlyReport, language: Language, times: Times) -> Section:
    names = ("outage", "severity", "began", "duration")
    rows = [_outage(line, language, times) for line in report.outages]
    return Section(
        language.word("report", "outages"),
        () if rows else plain(language.word("report", "none")),
        table=table([language.word("report", name) for name in names], rows, (5, 3, 4, 4)),
    )


def _outage(line: OutageLine, language: Language, times: Times) -> tuple[Cell, ...]:
    lasted = times.minutes(line.minutes)
    if line.false_alarm:
        lasted = language.word("statuses", "cancelled")
    elif line.ended_at is None:
        lasted = f"{lasted} {language.word('labels', 'so_far')}"
    named = language.joined(line.systems)
    return (
        cell(f"{named} · {line.ref}" if named else line.ref),
        cell(language.word("severities", line.severity)),
        cell(times.short_day_and_clock(line.began_at)),
        cell(lasted),
    )


def _promises(report: MonthlyReport, language: Language, times: Times) -> Section:
    names = ("promise", "due", "done", "verdict", "reason")
    rows = [_broken(one, language, times) for one in report.broken]
    due = report.promises_kept + report.promises_broken
    none = language.word("sentences", "no_promises") if due == 0 else ""
    return Section(
        language.word("report", "broken" if rows else "promises"),
        () if rows else plain(none or language.word("report", "kept_all")),
        table=table([language.word("labels", name) for name in names], rows, (5, 4, 4, 4, 6)),
    )


def _broken(one: BrokenPromise, language: Language, times: Times) -> tuple[Cell, ...]:
    def moment(at: datetime | None) -> str:
        return "–" if at is None else times.short_day_and_clock(at)

    verdict = language.word("verdicts", "breached")
    if one.late_minutes is not None:
        verdict = language.word("verdicts", "late", late=times.minutes(one.late_minutes))
    return (
        cell(f"{language.word('promises', one.promise)} · {one.ref}"),
        cell(moment(one.due_at)),
        cell(moment(one.done_at)),
        cell(verdict, "bad"),
        cell(one.reason or ""),
    )


def _messages(report: MonthlyReport, language: Language) -> Section:
    rows = [
        (
            cell(language.named("channels", line.channel)),
            cell(str(line.got_there)),
            cell(str(line.failed), "bad" if line.failed else ""),
        )
        for line in report.messages
    ]
    head = [language.word("report", name) for name in ("channel", "got_there", "failed")]
    return Section(
        language.word("report", "messages"),
        () if rows else plain(language.word("report", "no_messages")),
        table=table(head, rows, (4, 2, 2)),
    )
