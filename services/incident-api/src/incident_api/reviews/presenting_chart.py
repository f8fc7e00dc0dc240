"""The chart of an outage: a bar over time, its phases, and when the reader was told."""

from __future__ import annotations

from datetime import timedelta

from incident_api.documents.charting import Axis, marks, ticks
from incident_api.documents.language import Language
from incident_api.documents.page import Bar, Chart
from incident_api.documents.times import Times
from incident_api.reviews.model import Review

AFTER = 0.06
"""How much of the outage's length is shown after its end, so that the end can be seen."""


def outage_chart(review: Review, language: Language, times: Times) -> Chart:
    start, end = review.started_at, review.phases[-1].ends_at
    axis = Axis(start, end + max((end - start) * AFTER, timedelta(minutes=1)))
    bars = tuple(
        Bar(
            x=axis.share(phase.starts_at),
            width=round(axis.share(phase.ends_at) - axis.share(phase.starts_at), 5),
            status=phase.status,
            label=language.word("statuses", phase.status),
            length=times.length(phase.ends_at - phase.starts_at),
        )
        for phase in review.phases
    )
    told = [(one.number, one.sent[0].at) for one in review.timeline if one.number is not None]
    return Chart(
        text=language.word(
            "sentences",
            "chart_alt",
            start=times.date_and_clock(start),
            end=times.date_and_clock(end),
            phases=", ".join(f"{bar.label} {bar.length}" for bar in bars),
        ),
        bars=bars,
        ticks=ticks(axis, times),
        marks=marks(axis, told),
    )
