"""What was erased does not come back: neither from the log, nor with what is said later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, QuestionSource, SuppressionCause

pytestmark = pytest.mark.integration

Story = Any


async def erased(story: Story) -> None:
    answer = await story.api.post("/v1/clients/acme/contacts/jo/erase")
    assert answer.status_code == 204, answer.text


def suppressed(story: Story, **given: Any) -> e.SuppressionChanged:
    values: dict[str, Any] = {
        "suppression_id": "suppression-1",
        "channel": Channel.EMAIL,
        "cause": SuppressionCause.HARD_BOUNCE,
        "detail": "550 no such user",
        "people": (e.PersonAt(client_key="acme", person="jo", name="Jo Frei"),),
        "since": story.api.clock.now(),
    }
    return e.SuppressionChanged(**{**values, **given})


async def named(story: Story) -> list[str]:
    [found] = (await story.gets("/v1/suppressions"))["items"]
    return [one["name"] for one in found["people"]]


async def test_a_question_read_from_the_log_again_has_no_name_and_no_words(story: Story) -> None:
    asked = story.reply()
    story.api.clock.advance(minutes=1)
    await erased(story)
    await story.hears(asked)

    [question] = (await story.conversation())["messages"]
    assert (question["author"], question["text"], question["subject"]) == ("", "", None)


async def test_a_reply_that_nobody_could_place_comes_back_blank(story: Story) -> None:
    said = story.reply(incident_id=None)
    story.api.clock.advance(minutes=1)
    await erased(story)
    await story.hears(said)

    [kept] = (await story.gets("/v1/replies"))["items"]
    assert (kept["sender"], kept["text"], kept["subject"]) == ("", "", None)


async def test_a_receipt_read_again_has_no_name(story: Story) -> None:
    said = e.ReplyConfirmed(
        incident_id=story.id,
        client_key="acme",
        person="jo",
        person_name="Jo Frei",
        source=QuestionSource.SMS,
        confirmed_at=story.api.clock.now(),
    )
    story.api.clock.advance(minutes=1)
    await erased(story)
    await story.hears(said)

    names = await story.api.database.pool.fetch("SELECT person_name FROM receipts")
    assert [row["person_name"] for row in names] == [""]


async def test_what_is_said_of_a_suppression_later_does_not_name_who_was_erased(
    story: Story,
) -> None:
    began = suppressed(story)
    await story.hears(began)
    story.api.clock.advance(minutes=1)
    await erased(story)
    story.api.clock.advance(minutes=1)
    now = story.api.clock.now()

    await story.hears(began.model_copy(update={"lifted_at": now, "lifted_by": "key:operate"}))
    assert await named(story) == [""]
    await story.hears(suppressed(story, expires_at=now + timedelta(days=30)))
    assert await named(story) == [""]


async def test_who_is_in_the_directory_again_is_named_again(
    story: Story, directory_document: dict[str, Any]
) -> None:
    await erased(story)
    story.api.clock.advance(minutes=1)
    await story.api.put("/v1/directory", directory_document)

    await story.hears(suppressed(story))
    assert await named(story) == ["Jo Frei"]
