"""Destinations that clients add: they count once they were confirmed there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = pytest.mark.integration

Story = Any

KIM = "/v1/clients/acme/contacts/kim/destinations"


async def asked(story: Story) -> list[dict[str, Any]]:
    return [
        one["data"]
        for one in await story.api.events("tocsin.incidents")
        if one["type"] == "tocsin.portal.destination_added.v1"
    ]


async def adds(story: Story, address: str = "+49 151 23125177", channel: str = "sms") -> Any:
    return await story.api.post(KIM, {"channel": channel, "address": address})


async def test_an_added_number_counts_once_it_was_confirmed_there(story: Story) -> None:
    answer = await adds(story)
    assert answer.status_code == 202, answer.text
    added = answer.json()
    assert (added["address"], added["status"]) == ("+4915123125177", "waiting")
    [told] = await asked(story)
    assert story.api.opened(told["sealed"]) == "+4915123125177"
    assert (await story.gets("/v1/clients/acme/contacts/kim")).get("phone") is None

    link = story.link("destination", person="kim", about=added["id"])
    shown = await story.api.client.get(link)
    assert "+4915123125177" in shown.text
    assert (await story.gets("/v1/clients/acme/contacts/kim")).get("phone") is None

    for _ in range(2):
        assert (await story.api.client.post(link)).status_code == 303
    assert (await story.gets("/v1/clients/acme/contacts/kim"))["phone"] == "+4915123125177"
    [kept] = (await story.gets(KIM))["items"]
    assert kept["status"] == "confirmed"
    assert "Ab jetzt gehen die Meldungen" in (await story.api.client.get(link)).text


async def test_another_address_says_which_one_it_replaces(story: Story) -> None:
    added = (await adds(story, "kim@new.example", "email")).json()
    link = story.link("destination", person="kim", about=added["id"])
    assert "kim@acme.example" in (await story.api.client.get(link)).text
    await story.api.client.post(link)
    assert (await story.gets("/v1/clients/acme/contacts/kim"))["email"] == "kim@new.example"


async def test_the_directorys_revisions_say_whose_address_moved_and_who_had_added_it(
    story: Story,
) -> None:
    added = (await adds(story, "kim@new.example", "email")).json()
    await story.api.client.post(story.link("destination", person="kim", about=added["id"]))

    actor = await story.api.database.pool.fetchval(
        "SELECT actor FROM directory_revisions ORDER BY revision DESC LIMIT 1"
    )
    assert actor == "contact:acme/kim (added by key:admin)"


async def test_what_nobody_confirmed_in_time_never_counts(story: Story) -> None:
    added = (await adds(story)).json()
    story.api.clock.advance(days=8)
    link = story.link("destination", person="kim", about=added["id"])

    assert (await story.api.client.post(link)).status_code == 410
    assert (await story.gets("/v1/clients/acme/contacts/kim")).get("phone") is None
    [kept] = (await story.gets(KIM))["items"]
    assert kept["status"] == "expired"


@pytest.mark.parametrize("changed", [{"person": "jo"}, {"about": "other"}, {"purpose": "confirm"}])
async def test_another_persons_link_confirms_nothing(story: Story, changed: dict[str, str]) -> None:
    added = (await adds(story)).json()
    claims = {"purpose": "destination", "person": "kim", "about": added["id"], **changed}
    path = story.link(**claims).replace("/confirm/", "/destination/")

    assert (await story.api.client.post(path)).status_code == 410
    assert (await story.gets("/v1/clients/acme/contacts/kim")).get("phone") is None


@pytest.mark.parametrize(
    ("channel", "address", "pointer"),
    [
        ("sms", "0172", "/address"),
        ("sms", "+49 30 23125177", "/address"),
        ("sms", "+49 900 1234567", "/address"),
        ("sms", "+49 999 12345678", "/address"),
        ("email", "nobody", "/address"),
        ("email", "kim@acme.example", "/address"),
        ("teams", "https://example.com/hook", "/channel"),
        ("voice", "+49 30 23125 177", "/channel"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    story: Story, channel: str, address: str, pointer: str
) -> None:
    answer = await adds(story, address, channel)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await asked(story) == []


async def test_strangers_are_not_bothered_without_end(story: Story) -> None:
    statuses = [(await adds(story, f"+49 151 2312517{n}")).status_code for n in range(6)]
    assert statuses == [202] * 5 + [409]


async def test_many_at_once_are_counted_one_by_one(story: Story) -> None:
    answers = await asyncio.gather(*(adds(story, f"kim{n}@new.example", "email") for n in range(9)))
    assert sorted(answer.status_code for answer in answers) == [202] * 5 + [409] * 4


async def test_moving_a_contacts_messages_needs_the_scope_of_writing_the_contact(
    story: Story,
) -> None:
    body = {"channel": "email", "address": "me@elsewhere.example"}
    assert (await story.api.post(KIM, body, key="operate")).status_code == 403
    assert (await story.gets(KIM))["items"] == []


async def test_what_was_added_is_read_in_pages(story: Story) -> None:
    added = [(await adds(story, f"kim{n}@new.example", "email")).json()["id"] for n in range(3)]

    first = await story.gets(f"{KIM}?limit=2")
    second = await story.gets(f"{KIM}?limit=2&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["items"] + second["items"]] == added[::-1]
    assert second["next_cursor"] is None


async def test_erasing_a_person_takes_what_they_added_along(story: Story) -> None:
    await adds(story)
    await story.api.post("/v1/clients/acme/contacts/kim/erase")

    assert await story.api.database.pool.fetchval("SELECT count(*) FROM added_destinations") == 0
