"""Slack from end to end: a message goes out, its buttons come back, everybody sees who has it."""

from __future__ import annotations

import pytest

from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e


@pytest.fixture
def room(world: World) -> str:
    """A client that reads a Slack channel, and an account manager who reads direct messages."""
    channel = f"C{world.word.upper()}"
    world.system("mail")
    people = {
        "account_manager": {
            "name": "Ann",
            "email": world.address("ann"),
            "slack": world.address("ann"),
        }
    }
    world.put("account-teams", world.key("north"), people)
    trigger = {"severity_at_least": "sev1"}
    step = {"trigger": trigger, "notify": ["account_manager"], "channels": ["slack"]}
    world.policy("chat", step)
    world.plan("simple", channels=["slack"], policy="chat")
    jo = {"key": "jo", "name": "Jo Frei", "role": "it", "slack": channel}
    world.client("acme", systems=["mail"], plan="simple", team="north", contacts=[jo])
    return channel


def posts(world: World, to: str) -> list[Json]:
    return world.received(to, channel="slack")


def test_a_press_is_a_receipt_and_the_message_says_whose(world: World, room: str) -> None:
    incident = world.opens("mail")
    [first] = eventually(lambda: posts(world, room), "the first message")

    world.answer(first, click="Got it")

    eventually(lambda: "Jo Frei confirmed" in str(posts(world, room)[0]["body"]), "an edit")
    eventually(
        lambda: any(line["type"] == "receipt_confirmed" for line in world.timeline(incident["id"])),
        "a receipt on the timeline",
    )


def test_a_question_by_the_form_is_answered_in_the_thread(world: World, room: str) -> None:
    incident = world.opens("mail")
    [first] = eventually(lambda: posts(world, room), "the first message")

    world.answer(first, click="I have a question", reply="Is archived mail safe?")

    def conversations() -> list[Json]:
        found = world.call("read", "GET", "/v1/conversations", params={"incident": incident["id"]})
        return list(found.json()["items"])

    [asked] = eventually(conversations, "a conversation")
    path = f"/v1/conversations/{asked['id']}/answers"
    world.call("operate", "POST", path, json={"text": "Yes, it is on other storage."})

    def answered() -> list[Json]:
        return [m for m in posts(world, room) if "on other storage" in str(m["body"])]

    [answer] = eventually(answered, "the answer in Slack")
    assert answer["thread"] == first["thread"]


def test_a_take_by_the_button_is_seen_where_it_was_pressed(world: World, room: str) -> None:
    world.opens("mail")
    [call] = eventually(lambda: posts(world, world.address("ann")), "a call to Ann")

    world.answer(call, click="take")

    def has_it() -> bool:
        return "Ann has it" in str(posts(world, world.address("ann"))[0]["body"])

    eventually(has_it, "Ann has it")
    assert "actions" not in str(posts(world, world.address("ann"))[0]["body"]["blocks"])


def test_a_command_answers_with_what_its_channel_was_told(world: World, room: str) -> None:
    world.opens("mail")
    [first] = eventually(lambda: posts(world, room), "the first message")

    answer = world.answer(first, reply="/outage")["answer"]

    assert answer["response_type"] == "ephemeral"
    assert len(answer["blocks"]) == 2
