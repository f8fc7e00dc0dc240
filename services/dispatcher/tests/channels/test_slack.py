"""Slack: threads, what its error names mean, limits a destination, text that cannot be markup."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from dispatcher.channels.health import HealthRegistry
from dispatcher.channels.message import Answer, ChatField, ChatLink, ChatMessage, Thread
from dispatcher.channels.port import (
    Accepted,
    Channel,
    Destination,
    Edits,
    Rejected,
    RetryLater,
    SendOutcome,
    Unknown,
)
from dispatcher.channels.registry import build_channels
from dispatcher.channels.slack_blocks import BUTTON, blocks, escaped, fitting
from dispatcher.channels.slack_words import WORDS, words_for
from tocsin_contracts import words
from tocsin_contracts.words import Circuit
from tocsin_runtime.testing import FakeClock

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.crooked import bad_gateway, serving
from services.dispatcher.tests.conformance.provider import message, settings_for

OPS = Destination(words.Channel.SLACK, "C024")
DEV = Destination(words.Channel.SLACK, "C025")


def slack(sandbox: Sandbox, **settings: Any) -> Channel:
    made = settings_for(sandbox, **{"slack_seconds_per_message": 0, **settings})
    return build_channels(made, egress="loopback", environment="development")[words.Channel.SLACK]


@pytest_asyncio.fixture
async def channel(sandbox: Sandbox) -> AsyncIterator[Channel]:
    made = slack(sandbox)
    await made.open()
    yield made
    await made.close()


async def send(channel: Channel, to: Destination = OPS, **more: Any) -> SendOutcome:
    return await channel.send(message(**more), to, idempotency_key="d-1")


async def test_later_messages_go_to_the_roots_thread(channel: Channel, sandbox: Sandbox) -> None:
    root = await send(channel)
    assert isinstance(root, Accepted)

    await send(channel, thread=Thread("d-2", root_id=root.provider_id))

    first, second = sandbox.messages(channel="slack")
    assert "thread_ts" not in first["body"]
    assert root.provider_id == f"C024/{second['thread']}"
    assert second["body"]["reply_broadcast"] is False


async def test_the_end_is_seen_in_the_channel_too(channel: Channel, sandbox: Sandbox) -> None:
    root = await send(channel)
    assert isinstance(root, Accepted)
    chat = message().chat
    assert chat is not None

    await send(
        channel, thread=Thread("d-2", root_id=root.provider_id), chat=replace(chat, broadcast=True)
    )

    assert sandbox.messages(channel="slack")[1]["body"]["reply_broadcast"] is True


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("channel_not_found", Rejected),
        ("is_archived", Rejected),
        ("not_in_channel", Rejected),
        ("account_inactive", Rejected),
        ("msg_blocks_too_long", Rejected),
        ("invalid_auth", RetryLater),
        ("token_revoked", RetryLater),
        ("ratelimited", RetryLater),
        ("service_unavailable", RetryLater),
        ("fatal_error", Unknown),
        ("internal_error", Unknown),
    ],
)
async def test_what_an_error_name_means(
    channel: Channel, sandbox: Sandbox, name: str, expected: type[SendOutcome]
) -> None:
    sandbox.fault("slack", "reject", code=name)

    outcome = await send(channel)

    assert isinstance(outcome, expected)
    assert name in repr(outcome)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_status_with_a_clear_word_is_believed(
    channel: Channel, sandbox: Sandbox, status: int
) -> None:
    sandbox.fault("slack", "retry", code=status)

    assert isinstance(await send(channel), RetryLater)


async def test_a_gateways_page_says_nothing_of_the_message(sandbox: Sandbox) -> None:
    async with serving(bad_gateway) as port:
        channel = slack(sandbox, slack_base_url=f"http://127.0.0.1:{port}/api/")
        outcome = await send(channel)
        await channel.close()

    assert isinstance(outcome, Unknown)


async def test_a_limit_holds_for_its_channel_and_no_other(
    channel: Channel, sandbox: Sandbox
) -> None:
    sandbox.fault("slack", "rate_limit", retry_after=30, to="C024", count=1)

    first = await send(channel, OPS)
    again = await send(channel, OPS)
    other = await send(channel, DEV)

    assert first == RetryLater("Slack said ratelimited", timedelta(seconds=30))
    assert isinstance(again, RetryLater)
    assert again.retry_after is not None
    assert timedelta(seconds=25) < again.retry_after <= timedelta(seconds=30)
    assert isinstance(other, Accepted)
    assert sandbox.faults.fired("slack") == 1


async def test_without_a_token_it_says_what_is_missing(sandbox: Sandbox) -> None:
    outcome = await send(slack(sandbox, slack_bot_token=None))

    assert outcome == Rejected("no Slack token is set (SLACK_BOT_TOKEN)")


async def test_a_wrong_token_is_ours_to_mend(sandbox: Sandbox) -> None:
    outcome = await send(slack(sandbox, slack_bot_token="xoxb-wrong"))

    assert isinstance(outcome, RetryLater)
    assert "xoxb" not in outcome.reason


async def test_a_reset_connection_is_not_tried_again_in_secret(
    channel: Channel, sandbox: Sandbox
) -> None:
    sandbox.fault("slack", "drop")

    assert isinstance(await send(channel), Unknown)
    assert len(sandbox.messages(channel="slack")) == 1


async def test_limits_of_slack_are_kept_whatever_is_written(
    channel: Channel, sandbox: Sandbox
) -> None:
    huge = "<&>" * 4_000
    chat = ChatMessage(
        header=huge,
        fields=tuple(ChatField(huge, huge) for _ in range(3)),
        fallback=huge,
        body=huge,
        links=(ChatLink("Live <status>", "https://x.example/a?b=1&c=2|d"),),
        foot=huge,
    )

    assert isinstance(await send(channel, chat=chat), Accepted)


async def test_many_channels_at_once(channel: Channel, sandbox: Sandbox) -> None:
    rooms = [Destination(words.Channel.SLACK, f"C{number}") for number in range(30)]

    outcomes = await asyncio.gather(*(send(channel, room) for room in rooms))

    assert len({o.provider_id for o in outcomes if isinstance(o, Accepted)}) == 30


def test_nothing_a_person_wrote_can_be_markup() -> None:
    assert escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize("longest", range(2, 16))
def test_a_cut_never_leaves_half_an_escape(longest: int) -> None:
    cut = fitting("a<b>c&d<e>", longest)

    assert len(cut) <= longest
    rest = cut.rstrip("…").replace("&lt;", "").replace("&gt;", "").replace("&amp;", "")
    assert "&" not in rest


def test_links_keep_their_words_and_their_place() -> None:
    chat = ChatMessage(
        header="h", fields=(), fallback="f", links=(ChatLink("I take it", "https://x/a|b>c"),)
    )

    assert blocks(chat)[-1]["text"]["text"] == "<https://x/a%7Cb%3Ec|I take it>"


async def test_a_channel_gets_one_message_a_time_and_others_go_on(sandbox: Sandbox) -> None:
    channel = slack(sandbox, slack_seconds_per_message=30)

    outcomes = [await send(channel, to) for to in (OPS, OPS, DEV)]
    await channel.close()

    assert isinstance(outcomes[0], Accepted)
    assert isinstance(outcomes[1], RetryLater)
    assert outcomes[1].held
    assert outcomes[1].retry_after is not None
    assert timedelta(seconds=25) < outcomes[1].retry_after <= timedelta(seconds=30)
    assert isinstance(outcomes[2], Accepted)
    assert len(sandbox.messages(channel="slack")) == 2


async def test_buttons_carry_the_delivery_and_nothing_else(
    channel: Channel, sandbox: Sandbox
) -> None:
    await send(channel, answers=(Answer.CONFIRM, Answer.ASK), locale="fr-CH")

    [made] = [block for block in _blocks(sandbox) if block["type"] == "actions"]
    assert [(one["text"]["text"], one["value"]) for one in made["elements"]] == [
        ("Bien reçu", "d-1"),
        ("J’ai une question", "d-1"),
    ]
    assert len({one["action_id"] for one in made["elements"]}) == 2


async def test_a_message_without_answers_has_no_buttons(channel: Channel, sandbox: Sandbox) -> None:
    await send(channel)

    assert "actions" not in {block["type"] for block in _blocks(sandbox)}


async def test_buttons_give_way_to_whoever_has_it(channel: Channel, sandbox: Sandbox) -> None:
    sent = await send(channel, answers=(Answer.TAKE, Answer.DECLINE))
    assert isinstance(sent, Accepted)
    assert isinstance(channel, Edits)

    made = message(answers=(Answer.TAKE, Answer.DECLINE), taken_by="Ann <Weiss>")
    edited = await channel.edit(made, OPS, provider_id=sent.provider_id)

    assert edited == sent
    assert "actions" not in {block["type"] for block in _blocks(sandbox)}
    assert _blocks(sandbox)[-1]["elements"][0]["text"] == "Ann &lt;Weiss&gt; has it"
    assert sandbox.messages()[0]["edits"] == 1


async def test_a_message_that_is_gone_cannot_be_edited(channel: Channel) -> None:
    assert isinstance(channel, Edits)

    outcome = await channel.edit(message(), OPS, provider_id="C024/1764000000.000001")

    assert isinstance(outcome, Rejected)
    assert "message_not_found" in outcome.reason


@pytest.mark.parametrize("address", ["jo@acme.example", "U0JO"])
async def test_a_person_gets_direct_messages_in_one_conversation(
    channel: Channel, sandbox: Sandbox, address: str
) -> None:
    to = Destination(words.Channel.SLACK, address)

    first = await send(channel, to)
    assert isinstance(first, Accepted)
    await send(channel, to, thread=Thread("d-2", root_id=first.provider_id))

    one, two = sandbox.messages(to=address)
    assert one["to"] == two["to"] == [first.provider_id.split("/")[0]]
    assert one["to"][0].startswith("D")
    assert one["thread"] == two["thread"]


async def test_nobody_by_that_email_address_is_final(channel: Channel) -> None:
    outcome = await send(channel, Destination(words.Channel.SLACK, "nobody@acme.example"))

    assert isinstance(outcome, Rejected)
    assert "nobody in the workspace has that email address" in outcome.reason


async def test_each_workspace_has_its_own_token(sandbox: Sandbox) -> None:
    sandbox.settings = replace(sandbox.settings, slack_workspaces={"T0TWO": ("xoxb-two", "s")})
    channel = slack(sandbox, slack_workspaces={"T0TWO": {"token": "xoxb-two"}})

    two = await send(channel, Destination(words.Channel.SLACK, "T0TWO/C024"))
    one = await send(channel, OPS)
    unknown = await send(channel, Destination(words.Channel.SLACK, "T0THREE/C024"))
    await channel.close()

    assert isinstance(two, Accepted)
    assert isinstance(one, Accepted)
    assert [item["team"] for item in sandbox.messages()] == ["T0TWO", "T0SANDBOX"]
    assert unknown == Rejected("no token is set for the workspace T0THREE (SLACK_WORKSPACES)")


@pytest.mark.parametrize("language", sorted(WORDS))
def test_slack_takes_the_words_of_every_language(language: str) -> None:
    said = words_for(language)

    assert all(len(said.button(answer)) <= BUTTON for answer in Answer)
    assert len(said.form_title) <= 24
    assert len(said.form_send) <= 24
    assert len(said.form_close) <= 24
    assert all("{name}" in pattern for pattern in (said.has_it, said.confirmed))


def test_swiss_german_has_no_sharp_s_and_an_unknown_language_reads_english() -> None:
    assert words_for("de-CH").form_close == "Schliessen"
    assert words_for("tlh") is WORDS["en"]
    assert words_for(None) is WORDS["en"]


def _blocks(sandbox: Sandbox) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = sandbox.messages(channel="slack")[-1]["body"]["blocks"]
    return blocks


async def test_keeping_the_pace_says_nothing_of_slack(sandbox: Sandbox) -> None:
    health = HealthRegistry(FakeClock())
    made = settings_for(sandbox, slack_seconds_per_message=30)
    channels = build_channels(made, egress="loopback", environment="development", health=health)
    channel = channels[words.Channel.SLACK]

    for _ in range(20):
        await send(channel)
    await channel.close()

    [state] = [one for one in health.states() if one.channel is words.Channel.SLACK]
    assert (state.state, state.reason) == (Circuit.CLOSED, None)
