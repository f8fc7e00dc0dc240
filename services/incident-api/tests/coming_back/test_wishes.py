"""What readers settled themselves lasts though the provider writes the directory again."""

from __future__ import annotations

from typing import Any

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel

pytestmark = pytest.mark.integration

Story = Any
Document = dict[str, Any]
JO = "/v1/clients/acme/contacts/jo"
KIM = "/v1/clients/acme/contacts/kim"


async def unsubscribes(story: Story) -> None:
    at = story.api.clock.now()
    await story.hears(e.Unsubscribed(client_key="acme", person="jo", channel=Channel.EMAIL, at=at))


async def confirms(story: Story, address: str = "kim@new.example") -> None:
    body = {"channel": "email", "address": address}
    added = (await story.api.post(f"{KIM}/destinations", body)).json()
    link = story.link("destination", person="kim", about=added["id"])
    assert (await story.api.client.post(link)).status_code == 303


async def written_again(story: Story, document: Document) -> list[str]:
    answer = await story.api.put("/v1/directory", document)
    assert answer.status_code == 200, answer.text
    return [note for note in answer.json()["notes"] if note.startswith("acme/")]


def in_document(document: Document, person: str) -> Document:
    [acme] = [one for one in document["clients"] if one["key"] == "acme"]
    [found] = [one for one in acme["contacts"] if one["key"] == person]
    assert isinstance(found, dict)
    return found


async def test_who_unsubscribed_stays_so_when_the_document_is_written_again(
    story: Story, directory_document: Document
) -> None:
    await unsubscribes(story)

    for _ in range(2):
        [note] = await written_again(story, directory_document)
        assert note.startswith(
            "acme/jo: keeps their own wish to hear of critical and major outages only"
        )
    assert (await story.gets(JO))["preferences"] == {"severity_at_least": "sev2"}
    exported = in_document(await story.gets("/v1/directory"), "jo")
    assert exported["preferences"] == {"severity_at_least": "sev2"}


async def test_preferences_written_in_the_document_end_the_wish(
    story: Story, directory_document: Document
) -> None:
    await unsubscribes(story)
    in_document(directory_document, "jo")["preferences"] = {"severity_at_least": "sev3"}

    [note] = await written_again(story, directory_document)
    assert "replaces their own wish" in note
    del in_document(directory_document, "jo")["preferences"]
    assert await written_again(story, directory_document) == []
    assert "preferences" not in await story.gets(JO)


async def test_preferences_that_the_document_had_before_say_nothing_against_the_wish(
    story: Story, directory_document: Document
) -> None:
    in_document(directory_document, "jo")["preferences"] = {"channels": ["email"]}
    await written_again(story, directory_document)
    await unsubscribes(story)

    assert len(await written_again(story, directory_document)) == 1
    wished = (await story.gets(JO))["preferences"]
    assert wished == {"severity_at_least": "sev2", "channels": ["email"]}


async def test_a_confirmed_address_stays_though_the_document_holds_the_one_before(
    story: Story, directory_document: Document
) -> None:
    await confirms(story)
    await confirms(story, "kim@newer.example")

    [note] = await written_again(story, directory_document)
    assert note.startswith("acme/kim: keeps the email that was confirmed there")
    acme = in_document(await story.gets("/v1/directory"), "kim")
    assert acme["email"] == "kim@newer.example"


async def test_a_new_address_in_the_document_counts(
    story: Story, directory_document: Document
) -> None:
    await confirms(story)
    in_document(directory_document, "kim")["email"] = "kim.lee@acme.example"

    [note] = await written_again(story, directory_document)
    assert "replaces the email" in note
    assert (await story.gets(KIM))["email"] == "kim.lee@acme.example"


async def test_writing_the_contact_itself_takes_a_confirmed_address_back(
    story: Story, directory_document: Document
) -> None:
    before = await story.gets(KIM)
    await confirms(story)
    await story.api.put(KIM, before)

    assert (await story.gets(KIM))["email"] == "kim@acme.example"
    assert await written_again(story, directory_document) == []


async def test_nothing_is_kept_of_who_was_erased(story: Story) -> None:
    await confirms(story)
    await story.api.post(f"{KIM}/erase")

    assert await story.api.database.pool.fetchval("SELECT count(*) FROM reader_wishes") == 0
