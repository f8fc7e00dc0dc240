"""Slack both ways: a message with buttons goes out, and what its readers do comes back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from dispatcher.channels.slack_blocks import ACTION
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, QuestionSource, Status, Verb

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.answering import asked
from services.dispatcher.tests.chatting import Chat, buttons, chatting, shown
from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    both_channels,
    closed,
    jo,
    mail_eu,
    opened,
    provider,
    resolved,
    slack_of_jo,
    step_fired,
    taken,
    team,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def chat(world: World, sandbox: Sandbox) -> AsyncIterator[Chat]:
    await _directory(world)
    async with chatting(world, sandbox) as made:
        yield made


async def _directory(world: World, **of_jo: str) -> None:
    people = [slack_of_jo(), address("ann", None, email="ann@nordlicht.example", slack="U0ANN")]
    await world.knows(
        provider(),
        mail_eu(),
        *both_channels(),
        team(),
        acme(jo(**of_jo)),
        people=[*addresses(), *people],
    )


async def test_whoever_got_it_presses_the_button_and_the_message_says_so(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    [row] = await chat.world.rows(channel="slack")
    assert buttons(message) == {"Got it": row["id"], "I have a question": row["id"]}

    done = await chat.reads(message, click="Got it")

    assert done["status"] == 200
    [confirmed] = await chat.world.published(e.ReplyConfirmed)
    assert (confirmed.person, confirmed.client_key) == ("jo", "acme")
    assert confirmed.source is QuestionSource.SLACK
    [after] = chat.posts()
    assert list(buttons(after)) == ["I have a question"]
    assert "Jo Frei confirmed" in shown(after)


async def test_a_question_is_asked_by_a_form_in_the_readers_language(
    world: World, sandbox: Sandbox
) -> None:
    await _directory(world, locale="de")
    async with chatting(world, sandbox) as chat:
        await world.hears(opened(world.snapshot()))
        [message] = await chat.deliver()

        done = await chat.reads(message, click="Ich habe eine Frage", reply="Geht das Archiv?")

    assert done["form"]["title"]["text"] == "Ihre Frage"
    assert done["answer"]["response_action"] == "update"
    assert "angekommen" in str(done["answer"]["view"])
    [asked] = await world.published(e.ReplyReceived)
    assert (asked.person, asked.text, asked.source) == (
        "jo",
        "Geht das Archiv?",
        QuestionSource.SLACK,
    )
    [row] = await world.rows(channel="slack")
    assert asked.delivery_id == row["id"]


async def test_where_only_the_client_has_a_language_the_form_and_the_thanks_are_in_it(
    chat: Chat,
) -> None:
    await chat.world.knows(acme(jo(), locale="de"))
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()

    done = await chat.reads(message, click="Ich habe eine Frage", reply="Geht das Archiv?")

    assert done["form"]["title"]["text"] == "Ihre Frage"
    assert "angekommen" in str(done["answer"]["view"])
    here = (await chat.reads(message, reply="/outage"))["answer"]
    assert "Störungen" in here["text"]


async def test_an_empty_question_stays_in_the_form(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()

    done = await chat.reads(message, click="I have a question", reply="   ")

    assert done["answer"]["response_action"] == "errors"
    assert done["answer"]["errors"] == {"question": "Please write your question."}
    assert await chat.world.published(e.ReplyReceived) == []


async def test_what_is_written_below_a_message_is_a_reply_to_the_newest(chat: Chat) -> None:
    incident = chat.world.snapshot()
    await chat.world.hears(opened(incident))
    await chat.deliver()
    await chat.world.hears(updated(chat.world.snapshot()))
    first, second = await chat.deliver()

    await chat.reads(second, reply="Is <https://x.example|archived mail> safe &amp; sound?")

    [reply] = await chat.world.published(e.ReplyReceived)
    assert (reply.person, reply.incident_id) == ("jo", incident.id)
    assert reply.text == "Is archived mail (https://x.example) safe & sound?"
    assert chat.posts()[0]["replies"][0]["user"] == "U0READER"
    assert first["thread"] == second["thread"]


async def test_the_same_event_again_counts_once(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    done = await chat.reads(message, reply="When is it back?")

    again = await chat.calls("events", json.dumps(done["sent"]))

    assert again == 200
    assert len(await chat.world.published(e.ReplyReceived)) == 1


async def test_what_people_say_in_threads_of_their_own_is_not_for_us(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    done = await chat.reads(message, reply="Lunch?")
    [before] = await chat.world.published(e.ReplyReceived)
    body = done["sent"]
    body["event"] |= {"ts": "1764000000.000001", "thread_ts": "1763000000.000001"}

    assert await chat.calls("events", json.dumps(body)) == 200
    body["event"] |= {"ts": "1764000000.000002"}
    del body["event"]["thread_ts"]
    assert await chat.calls("events", json.dumps(body)) == 200

    assert await chat.world.published(e.ReplyReceived) == [before]


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0OTHER"},
        {"user": "U0TOCSIN"},
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"user": None},
        {"text": ""},
    ],
)
async def test_bots_ourselves_and_edits_are_no_replies(chat: Chat, more: dict[str, str]) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    done = await chat.reads(message, reply="A person's words")
    body = done["sent"]
    body["event"] |= {"ts": "1764000000.000003", **more}

    assert await chat.calls("events", json.dumps(body)) == 200

    assert len(await chat.world.published(e.ReplyReceived)) == 1


async def test_the_first_message_of_a_thread_shows_how_it_stands(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [root] = await chat.deliver()
    await chat.world.hears(updated(chat.world.snapshot(status=Status.IDENTIFIED)))
    await chat.deliver()
    parent, update = chat.posts()

    assert parent["id"] == root["id"]
    assert parent["edits"] == 1
    assert "cause found" in shown(parent)
    assert buttons(parent) == buttons(update)
    assert "edits" not in update


async def test_the_end_is_seen_in_the_channel_and_on_top_of_the_thread(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    await chat.deliver()
    await chat.world.hears(resolved(chat.world.snapshot(status=Status.RESOLVED)))
    await chat.deliver()
    await chat.world.hears(closed(chat.world.snapshot(status=Status.CLOSED)))
    parent, end, closure = await chat.deliver()

    assert end["body"]["reply_broadcast"] is True
    assert closure["body"]["reply_broadcast"] is True
    assert parent["text"].startswith("CLOSED")


async def test_pressing_on_top_answers_the_newest_message(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    await chat.deliver()
    await chat.world.hears(updated(chat.world.snapshot()))
    parent, _ = await chat.deliver()

    await chat.reads(chat.posts()[0], click="Got it")

    [confirmed] = await chat.world.published(e.ReplyConfirmed)
    assert confirmed.delivery_id == (await chat.world.rows(channel="slack"))[1]["id"]
    parent, update = chat.posts()
    assert "confirmed" in shown(parent)
    assert "confirmed" in shown(update)


async def test_a_confirmation_by_mail_shows_in_slack_too(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    await chat.deliver()
    [by_mail] = await chat.world.rows(channel="email")

    chat.world.core.editor.answered(by_mail["id"])
    async with chat.world.database.connection() as conn:
        await conn.execute(
            "UPDATE deliveries SET confirmed_at = now() WHERE id = $1", by_mail["id"]
        )
    await chat.world.core.editor.run_due()

    assert "Jo Frei confirmed" in shown(chat.posts()[0])


async def test_staff_take_by_the_button_and_everybody_sees_who_has_it(chat: Chat) -> None:
    incident = chat.world.snapshot()
    await chat.world.hears(opened(incident))
    now = chat.world.clock.now()
    await chat.world.hears_escalation(step_fired(incident, now, channels=(Channel.SLACK,)))
    await chat.deliver()
    [call] = chat.posts(to="U0ANN")
    assert list(buttons(call)) == ["I take it", "Pass on"]
    assert call["to"][0].startswith("D")

    await chat.reads(call, click="take")
    [answered] = await chat.world.published(e.ReplyStepAnswered)
    assert (answered.verb, answered.person, answered.client_keys) == (Verb.TAKE, "ann", ("acme",))

    at = chat.world.clock.advance(seconds=1)
    await chat.world.hears_escalation(taken(incident, at, person="ann", person_name="Ann Weiss"))
    await chat.deliver()
    [call] = chat.posts(to="U0ANN")
    assert buttons(call) == {}
    assert "Ann Weiss has it" in shown(call)


async def test_staff_pass_on_by_the_button_and_are_told_alone(chat: Chat) -> None:
    incident = chat.world.snapshot()
    await chat.world.hears(opened(incident))
    now = chat.world.clock.now()
    await chat.world.hears_escalation(step_fired(incident, now, channels=(Channel.SLACK,)))
    await chat.deliver()
    [call] = chat.posts(to="U0ANN")

    await chat.reads(call, click="Pass on")

    [answered] = await chat.world.published(e.ReplyStepAnswered)
    assert answered.verb is Verb.DECLINE


async def test_direct_messages_by_address_reach_the_person_and_come_back(
    world: World, sandbox: Sandbox
) -> None:
    await _directory(world)
    await world.knows(people=[address("jo", email="jo@acme.example", slack="jo@acme.example")])
    async with chatting(world, sandbox) as chat:
        await world.hears(opened(world.snapshot()))
        await chat.deliver()
        [message] = chat.posts(to="jo@acme.example")

        await chat.reads(message, reply="And the calendar?")

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.person, reply.text) == ("jo", "And the calendar?")


async def test_a_channel_hears_of_what_it_was_told_and_of_nothing_else(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    await chat.world.hears(
        opened(chat.world.snapshot(id="0193-other", ref="INC-2042", title="Fax is down"))
    )
    [first, _] = await chat.deliver()
    await chat.world.hears(resolved(chat.world.snapshot(status=Status.RESOLVED)))
    await chat.deliver()

    here = (await chat.reads(first, reply="/outage"))["answer"]
    assert here["response_type"] == "ephemeral"
    assert len(here["blocks"]) == 2
    await chat.world.hears(
        resolved(chat.world.snapshot(id="0193-other", ref="INC-2042", status=Status.RESOLVED))
    )
    none = (await chat.reads(first, reply="/outage"))["answer"]
    assert none == {
        "response_type": "ephemeral",
        "text": "No outage is open that this conversation was told of.",
    }


async def test_a_colleague_s_open_outages_are_outages_and_no_notes_beside_them(chat: Chat) -> None:
    incident = chat.world.snapshot()
    now = chat.world.clock.now()
    await chat.world.hears(opened(incident))
    await chat.world.hears_escalation(step_fired(incident, now, channels=(Channel.SLACK,)))
    await chat.deliver()
    [call] = chat.posts(to="U0ANN")
    await chat.world.hears(asked(chat.world))
    await chat.deliver()
    assert len(chat.posts(to="U0ANN")) == 2

    here = (await chat.reads(call, reply="/outage"))["answer"]

    assert "Please take" in here["text"]
    assert "Jo Frei" not in here["text"]


async def test_while_nothing_can_be_saved_nothing_is_said_to_be(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()

    async def away(_: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(chat.world.core.replies, "receive", away)

    pressed = await chat.reads(message, click="Got it")
    asked = await chat.reads(message, click="I have a question", reply="Is it safe?")
    replied = await chat.reads(message, reply="Is it safe?")

    assert pressed["status"] == 500
    assert asked["answer"]["response_action"] == "errors"
    assert replied["status"] == 500
    monkeypatch.undo()
    assert (await chat.reads(message, click="Got it"))["status"] == 200
    assert len(await chat.world.published(e.ReplyConfirmed)) == 1


async def test_a_stranger_who_writes_to_our_app_is_heard_and_told_nothing(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    done = await chat.reads(message, reply="first")
    body = done["sent"]
    body["event"] |= {"channel": "D0STRANGER", "channel_type": "im", "user": "U0STRANGER"}
    body["event"] |= {"ts": "1764000000.000004", "text": "What is down?"}
    del body["event"]["thread_ts"]

    assert await chat.calls("events", json.dumps(body)) == 200

    reply = (await chat.world.published(e.ReplyReceived))[-1]
    assert (reply.person, reply.incident_id, reply.text) == (None, None, "What is down?")
    assert len(chat.posts()) == 1


async def test_whoever_names_our_app_where_it_posts_is_heard(chat: Chat) -> None:
    incident = chat.world.snapshot()
    await chat.world.hears(opened(incident))
    [message] = await chat.deliver()
    body = (await chat.reads(message, reply="first"))["sent"]
    body["event"] |= {"type": "app_mention", "text": "<@U0TOCSIN> still down?"}
    del body["event"]["thread_ts"]
    for number, channel in enumerate((message["to"][0], "C0ELSEWHERE")):
        body["event"] |= {"channel": channel, "ts": f"1764000000.00001{number}"}
        assert await chat.calls("events", json.dumps(body)) == 200

    replies = await chat.world.published(e.ReplyReceived)
    assert len(replies) == 2
    assert (replies[1].person, replies[1].incident_id) == ("jo", incident.id)


async def test_a_press_with_nul_in_it_is_answered_and_changes_nothing(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    channel, ts = message["to"][0], message["thread"]
    body = {
        "type": "block_actions",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": "U0READER"},
        "container": {"type": "message", "channel_id": channel, "message_ts": ts},
        "actions": [
            {"type": "button", "action_id": f"{ACTION}confirm", "value": "\x00", "action_ts": "1"}
        ],
    }

    status = await chat.calls("interactivity", urlencode({"payload": json.dumps(body)}), form=True)

    assert status == 200
    assert await chat.world.published(e.ReplyConfirmed) == []


async def test_nul_in_a_reply_is_left_out(chat: Chat) -> None:
    await chat.world.hears(opened(chat.world.snapshot()))
    [message] = await chat.deliver()
    body = (await chat.reads(message, reply="first"))["sent"]
    body["event"] |= {"ts": "1764000000.0000\x0012", "text": "Is it\x00 \ud800safe?"}

    assert await chat.calls("events", json.dumps(body)) == 200

    assert (await chat.world.published(e.ReplyReceived))[-1].text == "Is it safe?"
