"""A client's copy never holds what is another client's or our own: the worst bug there is."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from incident_api.documents.html import as_html
from incident_api.incidents.updates import Update
from incident_api.reviews.building import client_review, internal_review
from incident_api.reviews.facts import Facts, Told
from incident_api.reviews.presenting import present
from incident_api.timeline.lines import Line
from pydantic_core import to_json
from tocsin_contracts.words import DeliveryState, Kind

Example = Any
SECRET = "INTERNAL-SECRET"
BASE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def every_form(facts: Facts, client: Any) -> str:
    """The copy as data, as HTML, and as what the typesetter gets."""
    review = client_review(facts, client)
    page = present(review)
    return "\n".join((to_json(review).decode(), as_html(page), json.dumps(asdict(page))))


def test_neither_copy_names_the_other_client_nor_holds_an_internal_word(example: Example) -> None:
    facts, acme, birch = example.facts, example.acme, example.birch
    assert example.canary in as_html(present(internal_review(facts)))  # it can be seen at all
    for own, other in ((acme, birch), (birch, acme)):
        copy = every_form(facts, own)
        contact = other.contacts[0]
        for word in (example.canary, other.name, contact.name, "Vendor case", "firmware"):
            assert word not in copy, f"{own.key}: {word}"
        assert f'"{other.key}"' not in copy
        assert facts.closure.per_client[other.key] not in copy
    assert "temporary mailbox in" not in every_form(facts, birch)
    assert "Your archive can be read" not in every_form(facts, acme)


KINDS = st.sampled_from([*Kind])
STATES = st.sampled_from([*DeliveryState])
WORDS = st.sampled_from(
    ["updated", "changed", "resolved", "reopened", "cancelled", "corrected", "closed", "opened",
     "acknowledged", "step_fired", "step_skipped", "step_cancelled",
     "feedback_given", "update_mended", "something_new"]
)  # fmt: skip
TEXT_FIELDS = ("message", "reason", "note", "right", "wrong", "action", "checks", "title",
               "description", "workaround", "summary", "policy_key", "trigger",
               "anything")  # fmt: skip


@st.composite
def happenings(draw: st.DrawFn) -> tuple[Line, Update | None, list[Told], bool]:
    """One line with its update and messages; the last tells whether ACME was told of it."""
    number = draw(st.integers(0, 10**9))
    to_acme, to_birch = draw(st.booleans()), draw(st.booleans())
    internal = draw(st.booleans())
    only_birch = draw(st.booleans())
    state = draw(STATES)
    reached = state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN)
    open_to_acme = to_acme and reached and not internal and not only_birch
    words = "fine" if open_to_acme else SECRET
    cause, kind = f"event-{number}", draw(KINDS)
    data: dict[str, Any] = dict.fromkeys(TEXT_FIELDS, words)
    word = draw(WORDS)
    from_now = timedelta(minutes=draw(st.integers(0, 600)))
    line = Line(cause, "incident-1", 1, BASE + from_now, word, SECRET, SECRET, cause, data)
    update = None
    if draw(st.booleans()):
        update = Update(
            id=cause,
            incident_id="incident-1",
            sequence=1,
            message=words,
            occurred_at=line.at,
            created_at=line.at,
            actor=SECRET,
            progress=words,
            workaround=words,
            client_keys=("birch",) if only_birch else None,
            internal_only=internal,
            event_id=cause,
        )
    else:
        open_to_acme = to_acme and reached
        data = dict.fromkeys(TEXT_FIELDS, "fine" if open_to_acme else SECRET)
        line = replace(line, data=data)
    told = [Told(cause, kind, "birch", "email", "accepted", 1, line.at)] if to_birch else []
    if to_acme:
        told.append(Told(cause, kind, "acme", "email", state, 1, line.at))
    return line, update, told, open_to_acme


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(happenings(), max_size=6, unique_by=lambda one: one[0].id))
def test_whatever_happens_and_whoever_was_told_what_was_not_told_stays_inside(
    example: Example, happened: list[Any]
) -> None:
    facts = replace(
        example.facts,
        incident=example.facts.incident.having(title=SECRET, description=SECRET),
        lines=[line for line, _, _, _ in happened],
        updates=[update for _, update, _, _ in happened if update is not None],
        told=[one for _, _, told, _ in happened for one in told],
    )
    copy = every_form(facts, example.acme)
    assert SECRET not in copy
    assert "Birchwood" not in copy


@pytest.mark.parametrize("field", ["title", "description", "acknowledged_by", "group_key"])
def test_our_own_fields_of_the_incident_stay_inside(example: Example, field: str) -> None:
    facts = replace(example.facts, incident=example.facts.incident.having(**{field: SECRET}))
    assert SECRET not in every_form(facts, example.acme)


def test_reasons_of_broken_promises_stay_inside(example: Example) -> None:
    assert any(one.reason for one in example.facts.promised)
    assert "no update was written" not in every_form(example.facts, example.acme)
