"""Rule 16: none, one, two and forty of a thing."""

from __future__ import annotations

import pytest
from dispatcher.rendering.facts import ClientTold, EscalationFacts
from dispatcher.rendering.language import joined, load
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.cast import for_staff, notice
from services.dispatcher.tests.rendering.forms import rendered, text_of

FORTY = tuple(f"System {number}" for number in range(40))


@pytest.mark.parametrize(
    ("names", "written"),
    [
        ((), ""),
        (("A",), "A"),
        (("A", "B"), "A and B"),
        (("A", "B", "C"), "A, B and C"),
        (("A", "B", "C", "D"), "A, B and 2 more"),
        (FORTY, "System 0, System 1 and 38 more"),
    ],
)
def test_a_list_of_names(names: tuple[str, ...], written: str) -> None:
    assert joined(load("en"), names) == written


@pytest.mark.parametrize(
    ("systems", "lead"),
    [
        ((), "A service you use has been unavailable to ACME since 09:52 CET."),
        (("Mail EU",), "Mail EU has been unavailable to ACME since 09:52 CET."),
        (("Mail EU", "Chat"), "Mail EU and Chat have been unavailable to ACME"),
        (FORTY, "System 0, System 1 and 38 more have been unavailable to ACME"),
    ],
)
def test_the_verb_agrees_with_the_systems(systems: tuple[str, ...], lead: str) -> None:
    assert lead in text_of(notice(systems=systems))


def test_every_system_is_named_once_the_list_is_cut() -> None:
    assert "All of them: System 0, System 1, " in text_of(notice(systems=FORTY))
    assert "System 38 and System 39." in text_of(notice(systems=FORTY))
    assert "All of them" not in text_of(notice(systems=FORTY[:3]))


def test_what_failed_beneath_may_be_several() -> None:
    one = text_of(notice(via=("Storage EU",)))
    two = text_of(notice(via=("Storage EU", "Power B")))

    assert "Storage EU, which Mail EU depends on, has failed." in one
    assert "Storage EU and Power B, which Mail EU depends on, have failed." in two


@pytest.mark.parametrize("count", [1, 2, 40])
def test_an_escalation_lists_each_client(count: int) -> None:
    clients = tuple(ClientTold(name=f"Client {number}", planned=1) for number in range(count))
    made = for_staff(Kind.ESCALATION, EscalationFacts(clients=clients))

    text = text_of(made)

    assert all(f"Client {number} has not been told yet." in text for number in range(count))
    chat = rendered(made, Channel.SLACK).chat
    assert chat is not None
    assert len(chat.header) <= 150
    if count == 40:
        assert "the contact with Client 0, Client 1 and 38 more in the Mail EU outage." in text


@pytest.mark.parametrize(
    ("planned", "reached", "confirmed", "written"),
    [
        (1, 1, 0, "(1 of 1 person reached)"),
        (3, 0, 0, "(0 of 3 people reached)"),
        (3, 3, 2, "(3 of 3 people reached, 2 confirmed)"),
        (0, 0, 0, "at 09:58 CET."),
    ],
)
def test_people_reached_are_counted_in_words_that_fit(
    planned: int, reached: int, confirmed: int, written: str
) -> None:
    told = ClientTold(
        name="ACME",
        told_at=notice().at,
        planned=planned,
        reached=reached,
        confirmed=confirmed,
    )

    assert written in text_of(for_staff(Kind.ESCALATION, EscalationFacts(clients=(told,))))
