"""A conversation as it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from incident_api.conversations.model import Conversation, LooseReply, Message
from incident_api.conversations.rules import left_open
from incident_api.conversations.store import Sent
from incident_api.web.shown import fields_shown, plain

AUTO_ANSWER = "auto_answer"


def conversation_shown(one: Conversation) -> dict[str, Any]:
    return fields_shown(one) | {"status": one.status}


def whole_shown(
    one: Conversation, messages: Sequence[Message], sent: Sequence[Sent]
) -> dict[str, Any]:
    """With its messages, oldest first; an acknowledgement stands where it was sent."""
    items = [_message(said, sent) for said in messages]
    items += [_acknowledgement(one) for one in sent if one.kind == AUTO_ANSWER]
    items.sort(key=lambda item: str(item["at"]))
    return conversation_shown(one) | {"messages": items, "left_open": left_open(messages)}


def _message(said: Message, sent: Sequence[Sent]) -> dict[str, Any]:
    """``deliveries``: an answer's way back to those who asked."""
    found = fields_shown(said)
    del found["conversation_id"], found["event_id"]
    went = [one for one in sent if one.cause_id == said.event_id and one.kind != AUTO_ANSWER]
    late = None
    if said.answer_due is not None and said.answered_at is not None:
        late = said.answered_at > said.answer_due
    return found | {"late": late, "deliveries": [_sent(one) for one in went]}


def _acknowledgement(one: Sent) -> dict[str, Any]:
    return {
        "id": one.delivery_id,
        "kind": AUTO_ANSWER,
        "at": plain(one.planned_at),
        "person": one.person,
        "author": "system:dispatcher",
        "deliveries": [_sent(one)],
    }


def _sent(one: Sent) -> dict[str, Any]:
    names = ("delivery_id", "person", "channel", "state", "reason")
    return {name: getattr(one, name) for name in names}


def reply_shown(one: LooseReply) -> dict[str, Any]:
    return fields_shown(one)
