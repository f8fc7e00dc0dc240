"""The internal review lists each call that was made, left out or cancelled; a client's does not."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from incident_api.documents.html import as_html
from incident_api.reviews.building import client_review, internal_review
from incident_api.reviews.facts import Facts, Told
from incident_api.reviews.presenting import present
from incident_api.timeline.lines import Line
from pydantic_core import to_json

from .conftest import BIRCH, Example, at

HEADING = "Escalation: who was called, and who was not"


def line(clock: str, word: str, text: str, **data: object) -> Line:
    about = {"client_keys": ["acme"], "chain": "account", "policy_key": "critical", **data}
    event = f"event-{word}-{clock}"
    return Line(f"{word}-{clock}", "incident-1", 0, at(clock), word, "system:escalation", text,
                event, about)  # fmt: skip


CALLS = (
    line("9:54", "step_skipped", "Step 1 skipped: Ann Weiss is away.", step=0, call=0),
    line("9:55", "step_fired", "Brought in Tom Klein (deputy) by voice: sev1.", step=1, call=0),
    line("9:57", "step_cancelled", "Steps 3 and 4 are cancelled: acknowledged.", steps=[2, 3]),
    line("10:14", "step_fired", "At the client: Kim Lee (cio) by voice.", step=0, chain="client",
         policy_key="acmes", client_keys=["acme", "birch"]),
)  # fmt: skip


def facts_of(example: Example) -> Facts:
    return replace(example.facts, lines=[*example.facts.lines, *CALLS])


def test_each_call_stands_with_its_step_and_its_reason(example: Example) -> None:
    inside = internal_review(facts_of(example)).inside
    assert inside is not None
    assert [(one.what, one.policy, one.steps, one.clients) for one in inside.calls] == [
        ("step_skipped", "critical", (1,), ("ACME GmbH",)),
        ("step_fired", "critical", (2,), ("ACME GmbH",)),
        ("step_cancelled", "critical", (3, 4), ("ACME GmbH",)),
        ("step_fired", "acmes", (1,), ("ACME GmbH", "Birchwood Ltd")),
    ]
    assert [one.by_client for one in inside.calls] == [False, False, False, True]
    html = as_html(present(internal_review(facts_of(example))))
    for words in (HEADING, "Step 1 skipped: Ann Weiss is away.", "cancelled", "critical 3, 4",
                  "ACME GmbH and Birchwood Ltd"):  # fmt: skip
        assert words in html, words


def test_without_calls_there_is_no_such_section(example: Example) -> None:
    assert HEADING not in as_html(present(internal_review(example.facts)))


def test_a_line_of_before_it_said_so_much_is_listed_too(example: Example) -> None:
    old = Line("old", "incident-1", 0, at("9:54"), "step_fired", "x", "Brought in Ann.", "e", {})
    inside = internal_review(replace(example.facts, lines=[old])).inside
    assert inside is not None
    assert (inside.calls[0].clients, inside.calls[0].steps, inside.calls[0].policy) == (
        (),
        (),
        None,
    )


def test_no_clients_copy_has_it_even_where_its_own_people_were_called(example: Example) -> None:
    """Their call is a message to them; whom else we called, and why, is not."""
    facts = facts_of(example)
    told = [
        Told(CALLS[3].event_id or "", "escalation", "birch", "voice", "accepted", 1, at("10:14"))
    ]
    review = client_review(replace(facts, told=[*facts.told, *told]), BIRCH)
    copy = "\n".join((to_json(review).decode(), as_html(present(review)), json.dumps(
        asdict(present(review)), default=str)))  # fmt: skip
    for words in (HEADING, "Ann Weiss", "Tom Klein", "Kim Lee", "acmes", "cancelled"):
        assert words not in copy, words
    assert review.inside is None
