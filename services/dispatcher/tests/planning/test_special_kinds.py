"""Holding notices, no news, corrections, feedback: the rules that planning them follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dispatcher.planning.corrections import mend
from dispatcher.planning.feedback import one_each
from dispatcher.planning.model import Target, Told
from dispatcher.planning.scope import audience_after, concerned
from dispatcher.planning.staff_notes import left_for_good
from dispatcher.planning.supersede import as_first_word, carried, carry, replaced_by
from dispatcher.rendering.notice import Reader
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Kind, Visibility

from services.dispatcher.tests.facts import START, acme, audience, jo, mia, snapshot
from services.dispatcher.tests.planning.test_supersede import notice, row

NEVER_REPLACED = (Kind.CLOSURE, Kind.REVIEW, Kind.CORRECTION, Kind.FEEDBACK_REQUEST)


@given(st.sampled_from(Kind), st.sampled_from(NEVER_REPLACED), st.booleans())
def test_what_is_said_once_is_replaced_by_nothing(newer: Kind, kind: Kind, asked: bool) -> None:
    waiting = replace(row(kind), approval_id="a" if asked else None)
    assert replaced_by(newer, [waiting]) == []


@given(st.sampled_from(Kind))
def test_only_what_is_confirmed_or_over_takes_the_place_of_a_holding_notice(newer: Kind) -> None:
    replaces = bool(replaced_by(newer, [row(Kind.HOLDING_NOTICE)]))
    assert replaces is (newer in (Kind.INITIAL, Kind.RESOLVED))


def test_a_first_notice_gives_way_to_an_update_only_while_it_waits_for_a_yes() -> None:
    assert replaced_by(Kind.UPDATE, [row(Kind.INITIAL)]) == []
    waiting = replace(row(Kind.INITIAL), approval_id="a")
    assert replaced_by(Kind.UPDATE, [waiting]) == [waiting]


@pytest.mark.parametrize(
    ("older", "newer", "both"),
    [
        (Kind.UPDATE, Kind.NO_NEWS, Kind.UPDATE),
        (Kind.NO_NEWS, Kind.UPDATE, Kind.UPDATE),
        (Kind.ETA_CHANGE, Kind.NO_NEWS, Kind.ETA_CHANGE),
        (Kind.NO_NEWS, Kind.NO_NEWS, Kind.NO_NEWS),
        (Kind.ETA_CHANGE, Kind.WORKAROUND, Kind.UPDATE),
    ],
)
def test_no_news_beside_news_is_that_news(older: Kind, newer: Kind, both: Kind) -> None:
    earlier = notice(older, "earlier", no_news=older is Kind.NO_NEWS)
    later = notice(newer, "later", no_news=newer is Kind.NO_NEWS)
    pending = row(older, message_id=earlier.id)
    merged = carry(carried([pending], {earlier.id: earlier}), later)

    assert merged.kind is both
    assert merged.no_news is (both is Kind.NO_NEWS)


def test_a_message_names_the_events_whose_words_it_carries() -> None:
    first, second = notice(Kind.UPDATE, "first"), notice(Kind.UPDATE, "second")
    rows = [
        replace(row(Kind.UPDATE, message_id=first.id), cause_id="event-1"),
        replace(row(Kind.UPDATE, message_id=second.id), id="r-2", cause_id="event-2"),
    ]
    merged = carry(
        carried(rows, {first.id: first, second.id: second}), notice(Kind.UPDATE, "third")
    )

    assert sorted(merged.carries) == ["event-1", "event-2"]


def test_no_news_is_no_first_word() -> None:
    first = as_first_word(notice(Kind.NO_NEWS, no_news=True))
    assert (first.kind, first.no_news) == (Kind.INITIAL, False)


# ── corrections ─────────────────────────────────────────────────────────────────────────────────


def correction(wrong: str, right: str | None, action: str | None = None) -> e.IncidentCorrected:
    return e.IncidentCorrected(
        incident=snapshot(),
        audience_version=1,
        actor="key:noc",
        kind=Kind.CORRECTION,
        corrects="event-1",
        update_id="u",
        wrong=wrong,
        told_at=START,
        right=right,
        action=action,
    )


def test_the_wrong_words_alone_give_way_to_the_right_ones() -> None:
    said = notice(Kind.UPDATE, "Cause found. All mail is kept. We go on.")
    mended = mend(said, correction("All mail is kept.", "37 mails went back."))
    assert mended.update is not None
    assert mended.update.message == "Cause found. 37 mails went back. We go on."
    assert mended.id != said.id


def test_words_that_were_put_otherwise_give_way_as_a_whole() -> None:
    said = notice(Kind.UPDATE, "All mail is kept for you.")
    mended = mend(said, correction("we said mail was kept", "37 mails went back.", "Send again."))
    assert mended.update is not None
    assert mended.update.message == "37 mails went back.\n\nSend again."


def test_what_says_nothing_of_its_own_has_nothing_to_mend() -> None:
    said = notice(Kind.INITIAL)
    assert mend(said, correction("All mail is kept.", "37 mails went back.")) is said


# ── who is asked, who is missed ─────────────────────────────────────────────────────────────────


def target(person: str, channel: Channel) -> Target:
    return Target(person, person, (), channel, f"{person}-{channel}", "", Reader(person=person))


def test_each_person_is_asked_where_it_disturbs_least() -> None:
    asked = one_each(
        [
            target("jo", Channel.SMS),
            target("jo", Channel.EMAIL),
            target("mia", Channel.VOICE),
            target("mia", Channel.SMS),
            target("hook", Channel.WEBHOOK),
        ]
    )
    assert [(one.person, one.channel) for one in asked] == [
        ("jo", Channel.EMAIL),
        ("mia", Channel.SMS),
    ]


def told(person: str, *roles: str, channel: Channel = Channel.EMAIL) -> Told:
    return Told("acme", person, person.title(), roles, channel)


def test_only_who_left_without_an_heir_is_missed() -> None:
    client = acme(jo(), mia()).document
    assert client is not None
    gone = [
        told("kim", "cfo"),
        told("kim", "cfo", channel=Channel.SLACK),
        told("old", "ceo"),
        told("jo", "it_lead"),
    ]
    assert left_for_good(client, gone) == ["Kim"]


# ── whom an event speaks to ─────────────────────────────────────────────────────────────────────


def test_a_holding_notice_brings_its_own_audience() -> None:
    data = e.HoldingNoticeIssued(
        incident=snapshot(visibility=Visibility.INTERNAL),
        audience_version=2,
        actor="system:clock",
        kind=Kind.HOLDING_NOTICE,
        audience=audience(version=2),
    )
    known = audience_after(data, None)
    assert known == data.audience
    assert [client.client_key for client in concerned(data, known)] == ["acme"]
