"""Rule 18: what is not for clients is in no word that a client gets, on any channel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dispatcher.rendering.notice import Notice
from tocsin_contracts.words import Channel

from services.dispatcher.tests.rendering.forms import CHANNELS, rendered
from services.dispatcher.tests.rendering.story import CLIENTS, EVERY_KIND, TOLD, reader_of

CANARY = "canary-7f3a"
INTERNAL = {"title", "description", "acknowledged_by", "previous_incident_id", "parent_id"}
"""Of an incident or a window: what tools and colleagues wrote, and who did what."""
TO_CLIENTS = [(language, kind) for language, kind in TOLD if kind in CLIENTS]


def with_canaries(made: Notice) -> Notice:
    document = made.model_dump(mode="json")
    for holder in _holders(document):
        holder.update(dict.fromkeys(INTERNAL & holder.keys(), CANARY))
        if "root_cause" in holder and made.kind.value != "review":
            holder["root_cause"] = CANARY
    return Notice.model_validate(document)


def _holders(document: dict[str, Any]) -> list[dict[str, Any]]:
    window = (document["maintenance"] or {}).get("window")
    items = [item["incident"] for item in document["digest"]]
    return [holder for holder in (document["incident"], window, *items) if holder]


@pytest.mark.parametrize(("language", "kind"), TO_CLIENTS)
def test_no_client_reads_what_is_internal(language: str, kind: str) -> None:
    made = with_canaries(EVERY_KIND[kind]())
    assert CANARY in made.model_dump_json()

    for channel in (*CHANNELS, Channel.TEAMS):
        message = rendered(made, channel, reader_of(made, language))
        everything = [message.subject, message.text, message.html or "", message.from_name]
        everything += [str(message.chat), json.dumps(message.payload)]
        assert CANARY not in "\n".join(everything), channel


def test_the_canary_is_where_a_leak_would_show() -> None:
    """A review without a summary begins with its cause."""
    review = EVERY_KIND["review"]().model_copy(update={"review": None})
    assert review.incident is not None
    caused = review.incident.model_copy(update={"root_cause": CANARY})

    made = review.model_copy(update={"incident": caused})

    assert CANARY in rendered(made, Channel.EMAIL).text.lower()
