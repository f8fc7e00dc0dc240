"""What comes back and belongs to no conversation is looked at by a person, and never lost."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration

Story = Any
STRANGER = {
    "reply_id": "reply-9",
    "incident_id": None,
    "client_key": None,
    "person": None,
    "sender": "number ending 207",
}


async def test_a_strangers_words_need_attention_and_nothing_goes_back(story: Story) -> None:
    await story.hears(story.reply("Who is this?", **STRANGER))

    [need] = await story.needs("reply")
    assert "A stranger, number ending 207, wrote by email" in need["detail"]
    assert '"Who is this?"' in need["detail"]
    assert await story.told("question_asked") == []


async def test_a_stranger_who_answers_a_message_asks_without_being_acknowledged(
    story: Story,
) -> None:
    unknown = {"person": None, "sender": "unknown sender", "delivery_id": "delivery-1"}
    await story.hears(story.reply("When is it back?", **unknown))

    [asked] = await story.told("question_asked")
    assert (asked["person"], asked["asker"], asked["first"]) == (None, "unknown sender", False)
    assert "Somebody at ACME GmbH (unknown sender) asks by email." in await story.lines()


async def test_a_colleagues_note_stands_on_the_timeline_and_goes_to_no_client(
    story: Story,
) -> None:
    note = {"client_key": None, "person": "ann", "sender": "Ann Weiss"}
    await story.hears(story.reply("I am on a train.", **note))

    assert "Ann Weiss wrote by email; see GET /v1/replies." in await story.lines()
    [need] = await story.needs("reply")
    assert "no client reads it" in need["detail"]
    assert await story.told("question_asked") == []


async def test_nothing_but_an_attachment_is_a_question_that_names_it(story: Story) -> None:
    await story.hears(story.reply("", attachments=("error.png",)))

    [asked] = await story.told("question_asked")
    assert asked["text"] == "(no text; attached: error.png)"


async def test_what_was_seen_to_is_put_away_and_stays_readable(story: Story) -> None:
    await story.hears(story.reply("Who is this?", **STRANGER))
    gone = await story.api.delete("/v1/replies/reply-9", key="operate")

    assert gone.status_code == 204
    assert await story.needs("reply") == []
    assert (await story.gets("/v1/replies?status=waiting"))["items"] == []
    [kept] = (await story.gets("/v1/replies?status=put_away"))["items"]
    assert (kept["text"], kept["put_away_by"]) == ("Who is this?", "key:operate")


async def test_an_operator_says_whose_question_it_is(story: Story) -> None:
    lost = {"incident_id": None, "reply_id": "reply-9"}
    await story.hears(story.reply("Is mail back?", **lost))
    body = {"incident_id": story.ref, "client_key": "acme"}

    answer = await story.api.post("/v1/replies/reply-9/assign", body, key="operate")
    again = await story.api.post("/v1/replies/reply-9/assign", body, key="operate")

    assert answer.status_code == 201, answer.text
    [asked] = await story.told("question_asked")
    assert (asked["person"], asked["reply_id"], asked["text"]) == ("jo", "reply-9", "Is mail back?")
    assert again.status_code == 409
    assert await story.needs("reply") == []


async def test_a_question_about_a_client_that_is_not_concerned_is_kept(story: Story) -> None:
    await story.hears(story.reply(client_key="cedar", person="max", sender="Max"))

    assert await story.told("question_asked") == []
    [need] = await story.needs("reply")
    assert need["client_key"] == "cedar"
