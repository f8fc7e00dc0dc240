"""Slack's forms: views.open, and what a person types into one.

Sources: docs.slack.dev, views.open (``expired_trigger_id`` after 3 seconds,
``exchanged_trigger_id`` the second time, ``invalid_arguments``), "Modals" (title of at most 24
characters, private_metadata of at most 3,000), "view_submission" payload.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

TRIGGER_SECONDS = 3.0
LONGEST_TITLE = 24
LONGEST_METADATA = 3_000

View = dict[str, Any]


class Views:
    def __init__(self) -> None:
        self._triggers: dict[str, float] = {}
        self.opened: dict[str, View] = {}
        """The form that each trigger opened."""

    def trigger(self) -> str:
        trigger = f"{time.time_ns()}.{secrets.token_hex(8)}"
        self._triggers[trigger] = time.monotonic()
        return trigger

    def open(self, trigger: str, view: Any) -> View | str:
        """The view as Slack answers it, or the name of what is wrong."""
        issued = self._triggers.get(trigger)
        if issued is None:
            return "invalid_trigger_id"
        if trigger in self.opened:
            return "exchanged_trigger_id"
        if time.monotonic() - issued > TRIGGER_SECONDS:
            return "expired_trigger_id"
        if not _is_sound(view):
            return "invalid_arguments"
        made = {**view, "id": f"V0{secrets.token_hex(5).upper()}", "hash": secrets.token_hex(6)}
        self.opened[trigger] = made
        return made


def filled(view: View, text: str) -> View:
    """The view with ``text`` in its first input, as a submission carries it."""
    block = next(block for block in view["blocks"] if block["type"] == "input")
    element = block["element"]
    value = {"type": element["type"], "value": text or None}
    values = {block["block_id"]: {element["action_id"]: value}}
    return {**view, "state": {"values": values}}


def _is_sound(view: Any) -> bool:
    if not isinstance(view, dict) or view.get("type") != "modal":
        return False
    title, blocks = view.get("title"), view.get("blocks")
    return (
        isinstance(title, dict)
        and title.get("type") == "plain_text"
        and 1 <= len(str(title.get("text", ""))) <= LONGEST_TITLE
        and isinstance(blocks, list)
        and 1 <= len(blocks) <= 100
        and len(str(view.get("private_metadata", ""))) <= LONGEST_METADATA
        and (not any(block.get("type") == "input" for block in blocks) or "submit" in view)
    )
