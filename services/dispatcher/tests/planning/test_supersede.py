"""What replaces what, and what is carried along."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from dispatcher.planning.model import OpenRow
from dispatcher.planning.supersede import UPDATES, carried, carry, replaced_by
from dispatcher.rendering.facts import ProviderFacts
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.render import Renderer
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.events import Before
from tocsin_contracts.incident import IncidentUpdate
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.facts import START, snapshot
from services.dispatcher.tests.rendering.cast import FIRST

kinds = st.sampled_from(Kind)


def row(kind: Kind, *, doubtful: bool = False, message_id: str | None = None) -> OpenRow:
    return OpenRow(
        id=f"row-{kind.value}",
        message_id=message_id or kind.value,
        cause_id="event",
        client_key="acme",
        kind=kind,
        person="jo",
        channel=Channel.EMAIL,
        destination="label",
        doubtful=doubtful,
    )


def notice(kind: Kind, message: str | None = None, **given_: object) -> Notice:
    update = (
        IncidentUpdate(id="u", message=message, occurred_at=START) if message is not None else None
    )
    return Notice.model_validate(
        {
            "id": f"{kind.value}-{message}",
            "kind": kind,
            "at": START,
            "incident": snapshot(),
            "provider": ProviderFacts(name="Nordlicht IT", timezone="UTC"),
            "update": update,
            **given_,
        }
    )


@given(kinds, st.lists(kinds))
def test_a_closure_is_replaced_by_nothing(newer: Kind, pending: list[Kind]) -> None:
    rows = [row(kind) for kind in pending]
    assert all(r.kind is not Kind.CLOSURE for r in replaced_by(newer, rows))


@given(kinds)
def test_calls_to_staff_neither_replace_nor_are_replaced(newer: Kind) -> None:
    assert not any(r.kind.for_staff for r in replaced_by(newer, [row(kind) for kind in Kind]))
    if newer.for_staff:
        assert replaced_by(newer, [row(kind) for kind in Kind]) == []


@given(st.sampled_from(sorted(UPDATES)))
def test_an_update_does_not_take_the_place_of_the_first_word(newer: Kind) -> None:
    assert replaced_by(newer, [row(Kind.INITIAL)]) == []


def test_a_reopened_outage_is_not_called_resolved_afterwards() -> None:
    assert [r.kind for r in replaced_by(Kind.REOPENED, [row(Kind.RESOLVED)])] == [Kind.RESOLVED]


@given(st.lists(st.sampled_from(["A failed.", "B is tried.", "C helped."]), min_size=2, max_size=5))
def test_however_many_updates_are_merged_each_is_read_once_and_in_order(texts: list[str]) -> None:
    """Each update replaces the one before, as in the database: one is open at a time."""
    texts = [f"{number}: {text}" for number, text in enumerate(texts)]
    current = notice(Kind.UPDATE, texts[0])
    for text in texts[1:]:
        older = carried([row(Kind.UPDATE)], {Kind.UPDATE.value: current})
        current = carry(older, notice(Kind.UPDATE, text))
    assert current.update is not None
    assert current.update.message.split("\n\n") == texts


def test_was_is_what_the_reader_last_read() -> None:
    two, three, four = (START + timedelta(hours=hours) for hours in (2, 3, 4))
    older = notice(Kind.ETA_CHANGE, changed=("eta",), before=Before(eta=two))
    newer = notice(Kind.ETA_CHANGE, changed=("eta",), before=Before(eta=three))
    newer = newer.model_copy(update={"incident": snapshot(eta=four)})

    merged = carry(carried([row(Kind.ETA_CHANGE)], {"eta_change": older}), newer)

    assert merged.before.eta == two
    assert merged.outage.eta == four


def test_an_eta_change_and_a_workaround_become_an_update_that_carries_both() -> None:
    older = notice(Kind.ETA_CHANGE, changed=("eta",), before=Before(eta=START))
    newer = notice(Kind.WORKAROUND, changed=("workaround",))

    merged = carry(carried([row(Kind.ETA_CHANGE)], {"eta_change": older}), newer)

    assert merged.kind is Kind.UPDATE
    assert set(merged.changed) == {"eta", "workaround"}


def test_a_resolve_speaks_for_an_initial_that_never_went_but_not_for_one_that_may_have() -> None:
    resolved = notice(Kind.RESOLVED)
    notices = {"initial": notice(Kind.INITIAL)}

    never = carry(carried([row(Kind.INITIAL)], notices), resolved)
    perhaps = carry(carried([row(Kind.INITIAL, doubtful=True)], notices), resolved)

    assert never.initial_never_sent
    assert not perhaps.initial_never_sent


def test_one_text_that_many_missed_is_carried_once() -> None:
    rows = [replace(row(Kind.UPDATE), id=str(number)) for number in range(3)]
    merged = carry(
        carried(rows, {"update": notice(Kind.UPDATE, "A failed.")}),
        notice(Kind.UPDATE, "B is tried."),
    )
    assert merged.update is not None
    assert merged.update.message == "A failed.\n\nB is tried."


def test_what_joined_and_left_again_before_anybody_read_of_it_joined_for_nobody() -> None:
    older = notice(Kind.UPDATE, "A failed.", systems=("Mail", "Web"), new_systems=("Web",))
    newer = notice(Kind.UPDATE, "B helped.", systems=("Mail",), gone_systems=("Web", "Chat"))

    merged = carry(carried([row(Kind.UPDATE)], {"update": older}), newer)

    assert merged.new_systems == ()
    assert merged.gone_systems == ("Chat",)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_where_there_is_room_for_one_update_only_it_is_the_newest(language: str) -> None:
    found = "Cause found: a disk of the array failed at night, and its spare did not start."
    replaced = "Disk replaced, testing with two mailboxes before everybody is let in again."
    merged = carry(
        carried([row(Kind.UPDATE)], {"update": notice(Kind.UPDATE, found)}),
        notice(Kind.UPDATE, replaced),
    )
    reader = Reader(person="jo", locale=language)

    text = Renderer().render(merged, reader, Channel.SMS, FIRST).text
    call = Renderer().render(merged, reader, Channel.VOICE, FIRST).text

    assert replaced in text
    assert found not in text
    assert replaced in call


def test_where_both_have_room_a_text_message_says_them_in_order() -> None:
    merged = carry(
        carried([row(Kind.UPDATE)], {"update": notice(Kind.UPDATE, "Cause found: disk.")}),
        notice(Kind.UPDATE, "Disk replaced, testing."),
    )

    text = Renderer().render(merged, Reader(person="jo"), Channel.SMS, FIRST).text

    assert "Cause found: disk. Disk replaced, testing." in text
