"""The judge is judged first: it must see what it is there to see."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.torture.model import expected
from tests.torture.provider import directory
from tests.torture.tally import Window, tally

MODEL = Path(__file__).with_name("model.py")
SEND = ("a", "email", "it@alba.example")
NAMES = {"INC-1": "a"}


def line(key: str, to: str = "it@alba.example", incident: str = "INC-1", at: int = 0) -> Any:
    return {
        "id": key,
        "what": "message",
        "channel": "email",
        "to": [to],
        "key": key,
        "incident": incident,
        "received_at": f"2026-11-24T10:00:{at:02}+00:00",
    }


def test_the_model_is_small_and_stands_alone() -> None:
    text = MODEL.read_text()
    assert len(text.splitlines()) <= 50
    assert not any(word in text for word in ("tocsin", "incident_api", "dispatcher", "escalation."))


def test_the_model_follows_dependencies_plans_and_teams() -> None:
    incident = {"name": "a", "system": "vpn", "severity": "sev1", "resolved": True}
    sends = expected(directory("http://s"), [incident])
    assert sends["a", "email", "boss@dora.example"] == 2
    assert sends["a", "slack", "C0CIMA"] == 2
    assert sends["a", "webhook", "http://s/webhooks/fano"] == 2
    assert sends["a", "email", "am-south@msp.example"] == 1
    assert ("a", "email", "it@alba.example") not in sends


def test_the_model_tells_fewer_of_lesser_incidents() -> None:
    incident = {"name": "a", "system": "mail", "severity": "sev3", "resolved": False}
    sends = expected(directory("http://s"), [incident])
    assert set(sends) == {("a", "email", f"it@{key}.example") for key in ("alba", "cima", "elba")}
    assert set(sends.values()) == {1}


def test_a_lost_message_is_seen() -> None:
    assert tally([line("k1")], Counter({SEND: 2}), NAMES).lost == {SEND: 1}
    assert tally([], Counter({SEND: 1}), NAMES).received == 0


def test_a_message_too_many_is_seen() -> None:
    assert tally([line("k1"), line("k2")], Counter({SEND: 1}), NAMES).surplus == {SEND: 1}


def test_a_wrong_recipient_and_an_unknown_incident_are_seen() -> None:
    lines = [line("k1", to="spy@x.example"), line("k2", incident="INC-9"), line("k3")]
    found = tally(lines, Counter({SEND: 1}), NAMES)
    assert [wrong["key"] for wrong in found.wrong] == ["k1", "k2"]
    assert not found.lost


def test_a_duplicate_is_excused_only_near_a_break() -> None:
    found = tally([line("k1", at=10), line("k1", at=40)], Counter({SEND: 1}), NAMES)
    (_, first), *_ = found.duplicates
    near = Window("kill dispatcher", began=first + 1, ended=first + 2)
    far = Window("kill dispatcher", began=first + 5, ended=first + 9)
    assert not found.lost
    assert not found.surplus
    assert found.inexcusable([near, far], under_way=2) == []
    assert found.inexcusable([far], under_way=2) == found.duplicates


def test_an_edited_chat_message_is_no_message() -> None:
    edit = {**line("k1"), "what": "edit"}
    assert tally([edit, line("k1")], Counter({SEND: 1}), NAMES).received == 1
