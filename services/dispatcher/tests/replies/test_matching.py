"""Whose word decides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dispatcher.channels.message import Answer
from dispatcher.replies.inbound import Inbound
from dispatcher.replies.matching import Candidate, Found, Known, match
from tocsin_contracts.words import Channel, Kind

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ASKED = Candidate(
    delivery_id="d-1",
    incident_id="i-1",
    client_key=None,
    kind=Kind.ESCALATION,
    who=Known(None, "ann", "Ann Berg"),
    destination="ann's",
    decides=True,
    named=True,
)


@pytest.mark.parametrize(
    ("thread", "pressed", "answer"),
    [
        ("D024ANN/17.1", None, Answer.TAKE),
        ("C0STAFF/17.1", None, None),
        ("C0STAFF/17.1", Answer.TAKE, Answer.TAKE),
    ],
)
def test_a_colleague_s_word_decides_in_a_direct_message_and_a_press_everywhere(
    thread: str, pressed: Answer | None, answer: Answer | None
) -> None:
    said = Inbound("s-1", Channel.SLACK, "U1", "ok", NOW, thread=thread, pressed=pressed)

    assert match(said, Found(label="ann's", rows=[ASKED])).answer is answer
