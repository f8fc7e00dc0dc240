"""None, one, two and forty of every list that a message may hold, on every channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dispatcher.rendering.facts import ClientTold, DigestItem
from dispatcher.rendering.gsm7 import SEGMENT, septets
from dispatcher.rendering.notice import Notice
from tocsin_contracts.events import TriedCall
from tocsin_contracts.incident import PreventionItem
from tocsin_contracts.words import Channel, ImpactLevel, Severity, Status

from services.dispatcher.tests.rendering import story_after as after
from services.dispatcher.tests.rendering import story_clients as clients
from services.dispatcher.tests.rendering import story_maintenance as work
from services.dispatcher.tests.rendering import story_staff as staff
from services.dispatcher.tests.rendering.cast import cet, incident
from services.dispatcher.tests.rendering.forms import chat_of, rendered, said_in_text, sms_of
from services.dispatcher.tests.rendering.story import CLIENTS, EVERY_KIND, TOLD, reader_of
from services.dispatcher.tests.rendering.test_missing_values import offences_in

COUNTS = (0, 1, 2, 40)
LANGUAGES = sorted({language for language, _ in TOLD})


def changed(made: Notice, field: str, **fields: Any) -> Notice:
    facts = getattr(made, field)
    return made.model_copy(update={field: facts.model_copy(update=fields)})


def items(count: int) -> tuple[PreventionItem, ...]:
    made = (
        PreventionItem(what=f"Step {n}", who="Eva Lang", due="2026-12-01") for n in range(count)
    )
    return tuple(made)


def told(count: int) -> tuple[ClientTold, ...]:
    return tuple(
        ClientTold(name=f"Client {n}", told_at=cet("09:58"), planned=n) for n in range(count)
    )


def tried(count: int) -> tuple[TriedCall, ...]:
    return tuple(
        TriedCall(name=f"Person {n}", channels=(Channel.VOICE,), at=cet("10:07"))
        for n in range(count)
    )


def disruptions(count: int) -> tuple[DigestItem, ...]:
    levels = [*ImpactLevel, None]
    return tuple(
        DigestItem(
            incident=incident(
                status=list(Status)[n % 3],
                severity=list(Severity)[n % 5],
                impact=None,
                impact_level=levels[n % 4],
            ),
            systems=(f"System {n}",),
            next_update_due=cet("12:30"),
            linked=True,
        )
        for n in range(count)
    )


def names(count: int) -> tuple[str, ...]:
    return tuple(f"Name {n}" for n in range(count))


LISTS: dict[str, Callable[[int], Notice]] = {
    "prevention items": lambda n: changed(after.closed(), "closure", prevention=items(n)),
    "open items": lambda n: changed(after.reviewed(), "review", open_items=items(n)),
    "new systems": lambda n: clients.updated().model_copy(update={"new_systems": names(n)}),
    "gone systems": lambda n: clients.updated().model_copy(update={"gone_systems": names(n)}),
    "what failed beneath": lambda n: clients.initial().model_copy(update={"via": names(n)}),
    "reminders": lambda n: _reminded(n),
    "clients of an escalation": lambda n: changed(
        staff.escalation(), "escalation", clients=told(n)
    ),
    "clients of a take": lambda n: changed(staff.taken(), "escalation", clients=told(n)),
    "clients of a hand-over": lambda n: changed(staff.handed_over(), "escalation", clients=told(n)),
    "clients nobody has": lambda n: changed(staff.exhausted(), "escalation", clients=told(n)),
    "tried calls": lambda n: changed(staff.exhausted(), "escalation", tried=tried(n)),
    "people of an approval": lambda n: changed(staff.approval(), "approval", people=names(n)),
    "channels of an approval": lambda n: changed(
        staff.approval(), "approval", channels=tuple(Channel)[: min(n, 7)]
    ),
    "clients that wait": lambda n: changed(staff.word_due(), "promise", clients=names(n)),
    "clients that wait too long": lambda n: changed(
        staff.word_overdue(), "promise", clients=names(n)
    ),
    "clients at risk": lambda n: changed(staff.at_risk(), "promise", clients=names(n)),
    "clients let down": lambda n: changed(staff.breached(), "promise", clients=names(n)),
}


def _reminded(count: int) -> Notice:
    made = work.announced()
    assert made.maintenance is not None
    hours = tuple(float(n + 1) for n in range(count))
    window = made.maintenance.window.model_copy(update={"remind_hours_before": hours})
    return changed(made, "maintenance", window=window)


def fits_everywhere(made: Notice, language: str) -> None:
    reader = reader_of(made, language)
    message = rendered(made, Channel.SLACK, reader)
    chat = message.chat
    assert offences_in(made, said_in_text(made, reader)) == []
    assert len(message.subject) <= 60
    assert chat is not None
    assert len(chat.header) <= 150
    assert len(chat.fields) <= 3
    assert all(len(field.value) <= 2_000 for field in chat.fields)
    if made.kind.value != "answered":
        assert (septets(sms_of(made, reader)) or 999) <= SEGMENT


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_any_length_reads_well(language: str, which: str, count: int) -> None:
    fits_everywhere(LISTS[which](count), language)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_so_do_the_systems(language: str, kind: str, count: int) -> None:
    fits_everywhere(EVERY_KIND[kind]().model_copy(update={"systems": names(count)}), language)


@pytest.mark.parametrize("count", [1, 2, 6, 7, 40])
@pytest.mark.parametrize("language", LANGUAGES)
def test_so_does_a_digest(language: str, count: int) -> None:
    made = clients.digest().model_copy(update={"digest": disruptions(count)})

    fits_everywhere(made, language)


def test_more_than_six_disruptions_are_counted() -> None:
    made = clients.digest().model_copy(update={"digest": disruptions(9)})

    text = rendered(made).text

    assert "ACME has 9 disruptions today, 9 of them open." in text
    assert "And 3 more, see your status page." in text
    assert text.count(" since 09:52.") + text.count("being watched.") == 6


def test_a_digest_begins_with_what_is_worst() -> None:
    text = rendered(clients.digest()).text
    places = [
        text.index(f"\n{name}: ") for name in ("Mail EU", "Calendar EU", "File share", "Printing")
    ]

    assert places == sorted(places)


def test_one_cause_is_believed_only_of_linked_ones() -> None:
    alone = [item.model_copy(update={"linked": False}) for item in clients.digest().digest]
    made = clients.digest().model_copy(update={"digest": tuple(alone)})

    assert "one cause" in rendered(clients.digest()).text
    assert "one cause" not in rendered(made).text


@pytest.mark.parametrize(
    ("count", "waiting"),
    [
        (1, "to Name 0."),
        (2, "to Name 0 and 1 more client."),
        (40, "to Name 0 and 39 more clients."),
    ],
)
def test_one_client_is_called_by_its_name(count: int, waiting: str) -> None:
    made = changed(staff.word_due(), "promise", clients=names(count), then=None)

    assert waiting in rendered(made).text
    counted = "Name 0" if count == 1 else f"{count} clients"
    assert f"due by 10:30 CET to {counted}, none written." in sms_of(made)


@pytest.mark.parametrize("kind", CLIENTS)
def test_no_chat_has_more_fields_than_three(kind: str) -> None:
    assert len(chat_of(EVERY_KIND[kind]()).fields) <= 3
