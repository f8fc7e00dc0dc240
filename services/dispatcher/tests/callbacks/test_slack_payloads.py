"""Slack's markup and payloads as plain facts."""

from __future__ import annotations

from typing import Any

import pytest
from dispatcher.callbacks.slack_payloads import filled_of, plain, press_of, said_of
from dispatcher.channels.message import Answer


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Is it safe?", "Is it safe?"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("see <https://x.example/a?b=1&amp;c=2>", "see https://x.example/a?b=1&c=2"),
        ("<https://x.example|the page>", "the page (https://x.example)"),
        ("<https://x.example|https://x.example>", "https://x.example"),
        ("<mailto:jo@acme.example|jo@acme.example>", "jo@acme.example"),
        ("<@U017|ann> and <@U018>, <#C024|ops>, <!here>", "@ann and @U018, @ops, @here"),
        ("  ", ""),
    ],
)
def test_markup_is_read_as_a_person_reads_it(written: str, read: str) -> None:
    assert plain(written) == read


def pressed(**action: Any) -> dict[str, Any]:
    return {
        "user": {"id": "U1"},
        "container": {"channel_id": "C1", "message_ts": "1.2"},
        "trigger_id": "t",
        "actions": [{"action_id": "tocsin_take", "value": "d-1", "action_ts": "3.4", **action}],
    }


def test_a_press_names_its_answer_its_delivery_and_its_place() -> None:
    press = press_of(pressed())

    assert press is not None
    assert (press.answer, press.delivery_id, press.message) == (Answer.TAKE, "d-1", "C1/1.2")
    assert press.id == "C1/1.2/take/U1/3.4"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"actions": []},
        {"actions": ["x"]},
        {"actions": [{"action_id": "tocsin_take", "value": "d-1"}]},
        pressed(action_id="tocsin_"),
        pressed(action_id="tocsin_everything"),
        pressed(action_id="take"),
        pressed(value=""),
        {**pressed(), "container": "x"},
        {**pressed(), "user": None},
    ],
)
def test_a_press_of_another_shape_is_nothing(body: dict[str, Any]) -> None:
    assert press_of(body) is None


@pytest.mark.parametrize(
    "view",
    [
        None,
        {},
        {"id": "V1", "private_metadata": "no json"},
        {"id": "V1", "private_metadata": "[]", "state": {"values": {}}},
        {"id": "V1", "private_metadata": '{"delivery": "d"}', "state": {"values": {}}},
    ],
)
def test_a_form_of_another_shape_is_nothing(view: Any) -> None:
    assert filled_of({"view": view, "user": {"id": "U1"}}) is None


def test_files_are_named_and_counted() -> None:
    files = [{"name": f"{number}.png"} for number in range(50)]
    event = {"channel": "C1", "user": "U1", "ts": "1.2", "thread_ts": "1.1", "files": files}

    said = said_of({"event": {**event, "subtype": "file_share"}})

    assert said is not None
    assert said.files[:2] == ("0.png", "1.png")
    assert len(said.files) == 20
    assert said.thread == "C1/1.1"
